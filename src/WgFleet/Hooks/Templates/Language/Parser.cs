namespace WgFleet.Hooks.Templates.Language;

/// <summary>
/// Parses a template: Handlebars (https://handlebarsjs.com/guide/) without the parts for web pages. Written for this server, since a library that
/// compiles templates when the program runs does not work in a native executable.
/// </summary>
internal sealed class Parser
{
    private static readonly Node Nothing = new Sequence([]);

    private readonly IReadOnlyList<Piece> _pieces;
    private int _at;

    private Parser(IReadOnlyList<Piece> pieces) => _pieces = pieces;

    /// <exception cref="LanguageException">The text is no template.</exception>
    public static Node Parse(string text)
    {
        var parser = new Parser(PieceReader.Read(text));
        var all = parser.Nodes();
        return parser._at == parser._pieces.Count ? all : throw parser.Misplaced();
    }

    /// <summary>All up to the end of the block that they are in.</summary>
    private Sequence Nodes()
    {
        var nodes = new List<Node>();
        for (; _at < _pieces.Count && _pieces[_at].Kind is not (PieceKind.Else or PieceKind.Close); )
        {
            var piece = _pieces[_at++];
            nodes.Add(piece.Kind switch
            {
                PieceKind.Text => new TextNode(piece.Text),
                PieceKind.Partial => Partial(piece),
                PieceKind.Open => Block(piece, piece.Text, new TagReader(piece.Text, piece.Line).Name()),
                PieceKind.OpenInverse => Block(piece, piece.Text, new TagReader(piece.Text, piece.Line).Name()),
                _ => new OutputNode(new TagReader(piece.Text, piece.Line).Output()),
            });
        }

        return new Sequence(nodes);
    }

    /// <summary>A block from behind the tag that opens it up to and with the tag that closes it.</summary>
    /// <param name="open">The tag that opens it.</param>
    /// <param name="head">What the block is, as in "if hostname".</param>
    /// <param name="closer">The name in the tag that closes it; another than the block's own behind {{else if}}.</param>
    private Node Block(Piece open, string head, string closer)
    {
        Node body = Nodes(), otherwise = Nothing;
        if (_at < _pieces.Count && _pieces[_at] is { Kind: PieceKind.Else } other)
        {
            _at++;
            var rest = other.Text.StartsWith("else", StringComparison.Ordinal) ? other.Text[4..].Trim() : other.Text;
            if (rest.Length > 0)
                return Make(open, head, body, Block(other, rest, closer));

            otherwise = Nodes();
        }

        if (_at == _pieces.Count)
            throw new LanguageException(open.Line, $"{{{{#{closer}}}}} is not closed with {{{{/{closer}}}}}");

        if (_pieces[_at] is not { Kind: PieceKind.Close } close || close.Text != closer)
            throw Misplaced();

        _at++;
        return open.Kind == PieceKind.OpenInverse ? Make(open, head, otherwise, body) : Make(open, head, body, otherwise);
    }

    private static Node Make(Piece open, string head, Node body, Node otherwise)
    {
        var tag = new TagReader(head, open.Line);
        var node = tag.Name() switch
        {
            "if" => new IfNode(tag.Value(), Negated: false, body, otherwise),
            "unless" => new IfNode(tag.Value(), Negated: true, body, otherwise),
            "each" => new EachNode(tag.Value(), tag.NamesAfterAs(), body, otherwise),
            "with" => new WithNode(tag.Value(), tag.NamesAfterAs(), body, otherwise),
            "inline" => new InlineNode(tag.Name(), body),
            _ => (Node)new SectionNode((tag = new TagReader(head, open.Line)).Value(), body, otherwise),
        };
        tag.End();
        return node;
    }

    private static PartialNode Partial(Piece piece)
    {
        var tag = new TagReader(piece.Text, piece.Line);
        var name = tag.Name();
        var value = tag.IsAtNamedValues ? null : tag.Value();
        var node = new PartialNode(piece.Line, name, value, tag.NamedValues());
        tag.End();
        return node;
    }

    private LanguageException Misplaced()
    {
        var piece = _pieces[_at];
        return new(piece.Line, $"{{{{{(piece.Kind == PieceKind.Close ? "/" : "")}{piece.Text}}}}} does not belong to a block that is open here");
    }
}
