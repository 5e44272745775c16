using System.CommandLine;
using System.CommandLine.Help;
using System.Text;
using WgFleet.Hosting;

namespace WgFleet.Cli.Packaging;

/// <summary>The manual page wg-fleet(8), made from the command tree; the format is man(7).</summary>
internal static class ManualPage
{
    private const string End = """
        .SH EXIT STATUS
        .TP
        .B 0
        Success. For the server: a signal stopped it.
        .TP
        .B 1
        Failure; one line on standard error says why.
        .TP
        .B 2
        The command line is wrong.
        .TP
        .B 3
        For status: the server cannot be asked, so it is not known whether something is wrong.
        .TP
        .B 70
        An internal error after which the server cannot continue; the log says which.
        .TP
        .B 78
        The configuration is wrong; every problem is a line on standard error.
        .SH FILES
        .TP
        .I /etc/wg\-fleet.yaml
        The configuration. An example is /usr/share/doc/wg\-fleet/wg\-fleet.example.yaml.
        .TP
        .I /etc/default/wg\-fleet
        Options that the systemd unit gives to the server.
        .TP
        .I /etc/wg\-fleet/hooks.d
        Programs in this directory are hooks.
        .TP
        .I /etc/wireguard/wg_FLEET.conf
        The gateway's key in a fleet.
        .TP
        .I /var/lib/wg\-fleet/clients.db
        The clients.
        .SH SEE ALSO
        .BR wg (8),
        .BR systemctl (1);
        the pages in /usr/share/doc/wg\-fleet.

        """;

    /// <summary>The page's source.</summary>
    public static string Of(RootCommand root)
    {
        var page = new StringBuilder();
        page.Append($".TH WG\\-FLEET 8 \"\" \"wg\\-fleet {Escape(ProductInfo.Version)}\" \"System administration\"\n");
        page.Append(".SH NAME\nwg\\-fleet \\- fleet server for machines that are copies\n");
        page.Append(".SH SYNOPSIS\n.B wg\\-fleet\n[\\fICOMMAND\\fR] [\\fIOPTIONS\\fR]\n");
        page.Append($".SH DESCRIPTION\n{Escape(root.Description!)}\n.PP\nWithout a command it runs the server.\n");
        page.Append(".SH OPTIONS\n");
        AddOptions(page, root);
        page.Append(".SH COMMANDS\n");
        foreach (var command in Visible(root))
            AddCommand(page, command, "");

        return page.Append(End.ReplaceLineEndings("\n")).ToString();
    }

    /// <summary>An argument as a line of usage shows it: in brackets if it may be missing, with dots if it may be repeated.</summary>
    public static string Synopsis(Argument argument)
    {
        var name = argument.Arity.MaximumNumberOfValues > 1 ? argument.Name + "..." : argument.Name;
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name;
    }

    private static void AddCommand(StringBuilder page, Command command, string before)
    {
        var name = $"{before}{command.Name}";
        var arguments = string.Concat(command.Arguments.Where(a => !a.Hidden).Select(a => $" \\fI{Escape(Synopsis(a))}\\fR"));
        page.Append($".SS \"{Escape(name)}{arguments}\"\n{Escape(command.Description!)}.\n");
        foreach (var argument in command.Arguments.Where(a => !a.Hidden && a.Description is not null))
            page.Append($".TP\n.I {Escape(argument.Name)}\n{Escape(argument.Description!)}\n");

        AddOptions(page, command);
        foreach (var below in Visible(command))
            AddCommand(page, below, name + " ");
    }

    private static void AddOptions(StringBuilder page, Command command)
    {
        foreach (var option in command.Options.Where(o => !o.Hidden && (command is RootCommand || o is not HelpOption)))
        {
            var names = string.Join(", ", option.Aliases.Where(a => a[0] == '-').Prepend(option.Name).Select(n => $"\\fB{Escape(n)}\\fR"));
            var value = option.ValueType == typeof(bool) || option.HelpName is null ? "" : $" \\fI{Escape(option.HelpName)}\\fR";
            page.Append($".TP\n{names}{value}\n{Escape(option.Description ?? "")}\n");
        }
    }

    private static IEnumerable<Command> Visible(Command command) => command.Subcommands.Where(c => !c.Hidden);

    // A hyphen would be typeset as a dash, and a dot or a quote at the start of a line would be a request.
    private static string Escape(string text)
    {
        var escaped = text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal).Replace("\"", "\\(dq",
            StringComparison.Ordinal);
        return escaped.StartsWith('.') || escaped.StartsWith('\'') ? "\\&" + escaped : escaped;
    }
}
