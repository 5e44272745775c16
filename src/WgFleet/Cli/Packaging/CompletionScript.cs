using System.CommandLine;
using System.CommandLine.Completions;
using System.Text;

namespace WgFleet.Cli.Packaging;

/// <summary>The completion of wg-fleet for bash, made from the command tree: commands, options, and values of options that have few.</summary>
internal static class CompletionScript
{
    private const string Frame = """
        # Completion of wg-fleet for bash, made by 'wg-fleet completion'.
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

    /// <summary>The script, for /usr/share/bash-completion/completions.</summary>
    public static string Of(RootCommand root)
    {
        var paths = new List<string>();
        var words = new StringBuilder();
        var options = new List<Option>();
        Visit(root, "", [.. root.Options.Where(o => o.Recursive && !o.Hidden)]);

        var values = options.DistinctBy(o => o.Name).Where(o => o.ValueType != typeof(bool))
            .Select(o => (o.Name, Values: string.Join(' ', o.GetCompletions(CompletionContext.Empty).Select(c => c.Label))))
            .Where(o => o.Values.Length > 0)
            .Select(o => $"        {o.Name}) values=\"{o.Values}\" ;;");
        var files = options.Where(o => o.HelpName is "FILE").Select(o => o.Name).Distinct();
        return Frame.ReplaceLineEndings("\n")
            .Replace("@PATHS@", string.Join(" | ", paths.Select(p => $"\"{p}\"")), StringComparison.Ordinal)
            .Replace("@WORDS@", words.ToString().TrimEnd('\n'), StringComparison.Ordinal)
            .Replace("@VALUES@", string.Join('\n', values), StringComparison.Ordinal)
            .Replace("@FILES@", string.Join(" | ", files), StringComparison.Ordinal);

        void Visit(Command command, string path, IReadOnlyList<Option> inherited)
        {
            var own = command.Options.Where(o => !o.Hidden).ToList();
            options.AddRange(own);
            var visible = command.Subcommands.Where(c => !c.Hidden).ToList();
            var all = visible.Select(c => c.Name).Concat(own.Concat(inherited).Select(o => o.Name)).Distinct();
            words.Append($"        \"{path}\") words=\"{string.Join(' ', all)}\" ;;\n");
            foreach (var below in visible)
            {
                paths.Add($"{path} {below.Name}");
                Visit(below, $"{path} {below.Name}", inherited);
            }
        }
    }
}
