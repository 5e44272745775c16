using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace WgFleet.Config.Yaml;

/// <summary>
/// Builds nodes from YAML text. An alias becomes the node that it names, so a small file stays small in memory. The number of values with
/// all aliases expanded is limited.
/// </summary>
internal sealed class YamlTree
{
    private const int DeepestNesting = 32;
    private const int MostValues = 500_000;

    private readonly int? _line;
    private readonly Scanner _scanner;
    private readonly Parser _parser;
    private readonly Dictionary<AnchorName, YamlNode?> _anchors = [];

    private YamlTree(string text, int? line)
    {
        _line = line;
        _scanner = new Scanner(new StringReader(text));
        _parser = new Parser(_scanner);
    }

    /// <summary>The one document of a file; null if there is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="line">The line that all of it gets; its own lines if null.</param>
    /// <exception cref="YamlException">Not YAML, and the message is the parser's; a <see cref="RefusedYaml"/> if it is ours.</exception>
    public static YamlNode? Parse(string text, int? line = null)
    {
        var tree = new YamlTree(text, line);
        try
        {
            return tree.Document();
        }
        catch (InvalidOperationException)
        {
            // The only message of YamlDotNet 16 for a value in a flow collection that is not indented deeper than the block around it.
            throw new RefusedYaml(tree._scanner.CurrentPosition, "not YAML: within [ ] or { } every line must be indented deeper than the key before it");
        }
        catch (YamlException e) when (e.Message.Contains("tab", StringComparison.Ordinal))
        {
            // It points at the token before the tab, or at the file's first character.
            throw new RefusedYaml(tree._scanner.CurrentPosition, "not YAML: a tab where only spaces may indent");
        }
    }

    private YamlNode? Document()
    {
        _parser.Consume<StreamStart>();
        if (!_parser.TryConsume<DocumentStart>(out _))
            return null;

        var root = Node(1);
        _parser.Consume<DocumentEnd>();
        if (_parser.TryConsume<DocumentStart>(out var second))
            throw Refused(second, "a second document starts here, only one is allowed");

        return root;
    }

    private YamlNode Node(int depth)
    {
        if (_parser.TryConsume<AnchorAlias>(out var alias))
            return Resolve(alias);

        var start = _parser.Consume<NodeEvent>();
        if (depth > DeepestNesting)
            throw Refused(start, $"nested deeper than {DeepestNesting} levels");

        // The anchor has no node until the value is complete: an alias in between would contain itself.
        if (!start.Anchor.IsEmpty)
            _anchors[start.Anchor] = null;

        YamlNode node = start switch
        {
            Scalar scalar => ScalarOf(scalar),
            SequenceStart => List(start, depth),
            _ => Map(start, depth),
        };

        if (!start.Anchor.IsEmpty)
            _anchors[start.Anchor] = node;

        return node;
    }

    private YamlNode Resolve(AnchorAlias alias)
    {
        if (!_anchors.TryGetValue(alias.Value, out var node))
            throw Refused(alias, $"there is no anchor '{alias.Value}' above");

        return node ?? throw Refused(alias, $"anchor '{alias.Value}' contains itself");
    }

    private YamlScalar ScalarOf(Scalar scalar)
    {
        var plain = scalar.Style == ScalarStyle.Plain;
        if (!scalar.Tag.IsEmpty)
        {
            plain = scalar.Tag.Value switch
            {
                "!" or "tag:yaml.org,2002:str" => false,
                "tag:yaml.org,2002:int" or "tag:yaml.org,2002:float" or "tag:yaml.org,2002:bool" or "tag:yaml.org,2002:null" => true,
                _ => throw Refused(scalar, $"unknown tag {YamlScalar.Quote(scalar.Tag.Value)}"),
            };
        }

        return new YamlScalar(Line(scalar), scalar.Value, plain);
    }

    private YamlList List(NodeEvent start, int depth)
    {
        RefuseTagBut(start, "tag:yaml.org,2002:seq");
        var items = new List<YamlNode>();
        var size = 1;
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            var item = Node(depth + 1);
            items.Add(item);
            size = Grown(start, size, item);
        }

        return new YamlList(Line(start), items, size);
    }

    private YamlMap Map(NodeEvent start, int depth)
    {
        RefuseTagBut(start, "tag:yaml.org,2002:map");
        var map = new YamlMapBuilder();
        var size = 1;
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var keyStart = _parser.Current!;
            if (Node(depth + 1) is not YamlScalar key)
                throw Refused(keyStart, "a key must be text");

            var value = Node(depth + 1);
            size = Grown(start, size, value);
            if (!key.Plain || key.Text != "<<")
                map.Add(new YamlEntry(key.Text, Line(keyStart), value));
            else if (!map.Merge(value))
                throw Refused(keyStart, "'<<' merges a mapping or a list of mappings, nothing else");
        }

        return map.Build(Line(start), size);
    }

    private static int Grown(NodeEvent within, int size, YamlNode child) => size + child.Size <= MostValues
        ? size + child.Size
        : throw Refused(within, $"more than {MostValues} values, with aliases written out");

    private static void RefuseTagBut(NodeEvent start, string allowed)
    {
        if (!start.Tag.IsEmpty && start.Tag.Value != allowed && start.Tag.Value != "!")
            throw Refused(start, $"unknown tag {YamlScalar.Quote(start.Tag.Value)}");
    }

    private int Line(ParsingEvent e) => _line ?? (int)e.Start.Line;

    private static RefusedYaml Refused(ParsingEvent at, string why) => new(at.Start, why);
}

/// <summary>YAML that a configuration must not have; the message is a whole sentence of this program.</summary>
internal sealed class RefusedYaml(Mark at, string why) : YamlException(at, at, why);
