using System.Globalization;
using System.Text.RegularExpressions;
using WgFleet.Hooks;
using WgFleet.Hooks.Plugins;
using WgFleet.Http.Api;

namespace WgFleet.Cli.HookCommands;

/// <summary>Writes the files of a hook to begin with, and knows how it is taken into use.</summary>
internal static partial class NewHook
{
    private const string Programs = "/etc/wg-fleet/hooks.d";
    private const string Plugins = "/etc/wg-fleet/plugins";

    private const UnixFileMode Executable = (UnixFileMode)0x1ED; // 0755
    private const UnixFileMode Plain = (UnixFileMode)0x1A4; // 0644

    /// <summary>A program.</summary>
    /// <param name="name">The hook's name.</param>
    /// <param name="folder">Where it is written to.</param>
    /// <param name="language">sh or python.</param>
    /// <exception cref="IOException">It cannot be written, or is there already.</exception>
    public static NewHookResponse Program(string name, string folder, string language)
    {
        var extension = language == "python" ? "py" : "sh";
        var file = Path.Combine(folder, $"50-{name}.{extension}");
        Write(file, Template($"exec.{extension}", name, ""), Executable);
        string[] install = folder == Programs ? [] : [$"install -D -m 755 {Quoted(file)} {Programs}/{Path.GetFileName(file)}"];
        return new NewHookResponse(name, [file], [.. install, .. Restart, $"wg-fleet hooks test {name}"]);
    }

    /// <summary>A plugin: a project that is built against the library of this very server.</summary>
    /// <param name="name">The hook's name.</param>
    /// <param name="folder">Where the project's folder is made.</param>
    /// <param name="kind">handler or projection.</param>
    /// <exception cref="IOException">It cannot be written, or is there already.</exception>
    public static NewHookResponse Plugin(string name, string folder, string kind)
    {
        // With a word at its end, since a plugin called System or a hook of the name of an event would get in the way of others.
        var type = string.Concat(Word().Matches(name).Select(w => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(w.Value))) + "Hook";
        type = char.IsAsciiDigit(type[0]) ? $"The{type}" : type;
        var project = Path.Combine(folder, type);
        if (Path.Exists(project))
            throw new IOException($"{project} is there already; choose another name or --directory");

        var library = Path.Combine(AppContext.BaseDirectory, PluginContract.Library + ".dll");
        var files = new List<string> { Path.Combine(project, $"{type}.cs"), Path.Combine(project, $"{type}.csproj"),
            Path.Combine(project, "lib", Path.GetFileName(library)) };
        Directory.CreateDirectory(Path.GetDirectoryName(files[2])!);
        Write(files[0], Template($"{kind}.txt", name, type), Plain);
        Write(files[1], Template("plugin.txt", name, type), Plain);
        File.Copy(library, files[2]);
        return new NewHookResponse(name, files,
        [
            $"dotnet build {Quoted(project)} -c Release",
            $"install -D -m 644 -t {Plugins}/{type} {Quoted(project)}/bin/Release/net10.0/*",
            .. Restart,
            kind == HookKind.Projection.Text() ? $"wg-fleet hooks run {name}" : $"wg-fleet hooks test {name}",
        ]);
    }

    private static string[] Restart => ["wg-fleet hooks check", "systemctl restart wg-fleet"];

    private static string Template(string template, string name, string type)
    {
        using var resource = typeof(NewHook).Assembly.GetManifestResourceStream($"NewHook/{template}")!;
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd().Replace("{NAME}", name, StringComparison.Ordinal).Replace("{CLASS}", type, StringComparison.Ordinal);
    }

    private static void Write(string file, string text, UnixFileMode mode)
    {
        if (Path.Exists(file))
            throw new IOException($"{file} is there already; choose another name or --directory");

        using (var writer = new StreamWriter(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode }))
            writer.Write(text);

        // Again: a mode given at creation is cut by the umask.
        File.SetUnixFileMode(file, mode);
    }

    private static string Quoted(string path) => Harmless().IsMatch(path) ? path : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    [GeneratedRegex("[a-z0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    [GeneratedRegex(@"\A[A-Za-z0-9_./+-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Harmless();
}
