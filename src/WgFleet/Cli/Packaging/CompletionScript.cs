using System.CommandLine;

namespace WgFleet.Cli.Packaging;

/// <summary>
/// The completion of wg-fleet for bash, zsh and fish, made from the command tree: commands, options, and values of options and arguments that have few.
/// zsh and fish also show what each does.
/// </summary>
internal static class CompletionScript
{
    /// <summary>The shells there is a script for.</summary>
    public static readonly string[] Shells = ["bash", "zsh", "fish"];

    private const string BashFrame = """
        # Completion of wg-fleet for bash, made by 'wg-fleet completion bash'.
        _wg_fleet() {
            local command='' word words='' values=''
            for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                case "$command $word" in
                    @PATHS@) command="$command $word" ;;
                esac
            done
            case $command in
        @WORDS@
            esac
            case ${COMP_WORDS[COMP_CWORD-1]} in
        @VALUES@
                @FILES@)
                    mapfile -t COMPREPLY < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")
                    return ;;
            esac
            mapfile -t COMPREPLY < <(compgen -W "${values:-$words}" -- "${COMP_WORDS[COMP_CWORD]}")
        }
        complete -F _wg_fleet wg-fleet

        """;

    // The last lines serve both a file in a directory of $fpath, which zsh loads as the function itself, and 'source <(wg-fleet completion zsh)'.
    private const string ZshFrame = """
        #compdef wg-fleet
        # Completion of wg-fleet for zsh, made by 'wg-fleet completion zsh'.
        _wg_fleet() {
            local command='' word
            local -a found
            for word in "${(@)words[2,CURRENT-1]}"; do
                case "$command $word" in
                    @PATHS@) command="$command $word" ;;
                esac
            done
            case ${words[CURRENT-1]} in
        @VALUES@
                @FILES@) _files; return ;;
            esac
            case $command in
        @WORDS@
            esac
            _describe wg-fleet found
        }
        if [[ $funcstack[1] == _wg-fleet || $funcstack[1] == _wg_fleet ]]; then
            _wg_fleet "$@"
        else
            compdef _wg_fleet wg-fleet
        fi

        """;

    private const string FishFrame = """
        # Completion of wg-fleet for fish, made by 'wg-fleet completion fish'.
        function __wg_fleet_at
            set -l command ''
            set -l typed (commandline -opc)
            set -e typed[1]
            for word in $typed
                switch "$command $word"
                    case @PATHS@
                        set command "$command $word"
                end
            end
            test "$command" = "$argv[1]"
        end
        complete -c wg-fleet -f
        @WORDS@

        """;

    /// <summary>The script for one of <see cref="Shells"/>.</summary>
    public static string Of(RootCommand root, string shell)
    {
        var places = CompletionWords.Of(root);
        return shell switch
        {
            "zsh" => Fill(ZshFrame, places, " | ", Zsh, o => $"        {o.Name}) compadd -- {string.Join(' ', CompletionWords.ValuesOf(o))}; return ;;"),
            "fish" => Fill(FishFrame, places, " ", Fish, _ => ""),
            _ => Fill(BashFrame, places, " | ", Bash, o => $"        {o.Name}) values=\"{string.Join(' ', CompletionWords.ValuesOf(o))}\" ;;"),
        };
    }

    private static string Fill(
        string frame, IReadOnlyList<CompletionWords> places, string between, Func<CompletionWords, string> words, Func<Option, string> values)
    {
        var options = places.SelectMany(p => p.Options).DistinctBy(o => o.Name).ToList();
        return frame.ReplaceLineEndings("\n")
            .Replace("@PATHS@", string.Join(between, places.Where(p => p.Path.Length > 0).Select(p => $"\"{p.Path}\"")), StringComparison.Ordinal)
            .Replace("@WORDS@", string.Join('\n', places.Select(words)), StringComparison.Ordinal)
            .Replace("@VALUES@", string.Join('\n', options.Where(o => CompletionWords.ValuesOf(o).Count > 0).Select(values)), StringComparison.Ordinal)
            .Replace("@FILES@", string.Join(" | ", options.Where(CompletionWords.IsFile).Select(o => o.Name)), StringComparison.Ordinal);
    }

    private static string Bash(CompletionWords place)
    {
        var all = place.Commands.Select(c => c.Name).Concat(place.Values).Concat(place.Options.Select(o => o.Name));
        return $"        \"{place.Path}\") words=\"{string.Join(' ', all)}\" ;;";
    }

    private static string Zsh(CompletionWords place)
    {
        var all = place.Commands.Select(c => $"{c.Name}:{c.Description}").Concat(place.Values)
            .Concat(place.Options.Select(o => $"{o.Name}:{o.Description}"));
        return $"        \"{place.Path}\") found=({string.Join(' ', all.Select(Quoted))}) ;;";
    }

    private static string Fish(CompletionWords place)
    {
        var start = $"complete -c wg-fleet -n '__wg_fleet_at \"{place.Path}\"'";
        var lines = place.Commands.Select(c => $"{start} -a {c.Name} -d {Quoted(c.Description!)}")
            .Concat(place.Values.Select(v => $"{start} -a {v}"))
            .Concat(place.Options.Where(o => o.Name.StartsWith("--", StringComparison.Ordinal))
                .Select(o => $"{start} -l {o.Name[2..]}{FishValue(o)} -d {Quoted(o.Description ?? "")}"));
        return string.Join('\n', lines);
    }

    private static string FishValue(Option option) =>
        CompletionWords.IsFile(option) ? " -r -F"
        : CompletionWords.ValuesOf(option) is { Count: > 0 } values ? $" -x -a '{string.Join(' ', values)}'"
        : CompletionWords.TakesValue(option) ? " -x" : "";

    // Both zsh and fish join the quoted parts and the quote between them.
    private static string Quoted(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
