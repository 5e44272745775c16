using System.Text.RegularExpressions;
using WgFleet.Hosting;
using WgFleet.Http.Api;

namespace WgFleet.Cli.HookCommands;

/// <summary>Writes the files of a new hook, and knows the commands that install it.</summary>
internal static partial class NewHook
{
    private const string Programs = "/etc/wg-fleet/hooks.d";

    private const string Streams = "/etc/wg-fleet/stream";

    private const UnixFileMode Executable = (UnixFileMode)0x1ED; // 0755
    private const UnixFileMode Plain = (UnixFileMode)0x1A4; // 0644

    /// <summary>A program.</summary>
    /// <param name="name">The hook's name.</param>
    /// <param name="directory">The directory to write to.</param>
    /// <param name="language">sh or python.</param>
    /// <exception cref="IOException">It cannot be written, or is there already.</exception>
    public static NewHookResponse Program(string name, string directory, string language)
    {
        var extension = language == "python" ? "py" : "sh";
        var file = Path.Combine(directory, $"50-{name}.{extension}");
        Write(file, Template($"exec.{extension}", name), Executable);
        string[] install = directory == Programs ? [] : [$"install -D -m 755 {Quoted(file)} {Programs}/{Path.GetFileName(file)}"];
        return new NewHookResponse(name, [file], [.. install, .. Restart, $"wg-fleet hooks test {name}"]);
    }

    /// <summary>A program that stays running.</summary>
    /// <param name="name">The hook's name.</param>
    /// <param name="directory">The directory to write to.</param>
    /// <param name="language">sh, python or node.</param>
    /// <exception cref="IOException">It cannot be written, or is there already.</exception>
    public static NewHookResponse Stream(string name, string directory, string language)
    {
        var extension = language switch { "python" => "py", "node" => "js", _ => "sh" };
        var file = Path.Combine(directory, $"{name}.{extension}");
        Write(file, Template($"stream.{extension}", name), Executable);
        var installed = $"{Streams}/{Path.GetFileName(file)}";
        string[] install = directory == Streams ? [] : [$"install -D -m 755 {Quoted(file)} {installed}"];
        return new NewHookResponse(name, [file], [.. install, .. Restart, $"wg-fleet hooks test {name}"]) { Entry = EntryOf(name, installed) };
    }

    /// <summary>A class in C# that is compiled to a program that stays running.</summary>
    /// <param name="name">The hook's name.</param>
    /// <param name="parent">The directory in which its own directory is created.</param>
    /// <exception cref="IOException">It cannot be written, or is there already.</exception>
    public static NewHookResponse CSharp(string name, string parent)
    {
        var directory = Path.Combine(parent, name);
        if (Path.Exists(directory))
            throw new IOException($"{directory} is there already; choose another name or --directory");

        Directory.CreateDirectory(directory);
        string[] files = [Path.Combine(directory, $"{name}.cs"), Path.Combine(directory, "nuget.config")];
        Write(files[0], Template("stream-csharp.txt", name).Replace("{VERSION}", ProductInfo.Version, StringComparison.Ordinal), Executable);
        Write(files[1], Template("nuget.config", name), Plain);
        var built = Path.Combine(directory, "out");
        return new NewHookResponse(
            name, files, [$"dotnet publish {Quoted(files[0])} -o {Quoted(built)}", $"install -D -m 755 {Quoted(Path.Combine(built, name))} {Streams}/{name}", .. Restart, $"wg-fleet hooks test {name}"])
        {
            Entry = EntryOf(name, $"{Streams}/{name}"),
        };
    }

    private static string[] EntryOf(string name, string command) => ["hooks:", "  list:", $"    - {{name: {name}, stream: {{command: {command}}}}}"];

    private static string[] Restart => ["wg-fleet hooks check", "systemctl restart wg-fleet"];

    private static string Template(string template, string name)
    {
        using var resource = typeof(NewHook).Assembly.GetManifestResourceStream($"NewHook/{template}")!;
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd().Replace("{NAME}", name, StringComparison.Ordinal);
    }

    private static void Write(string file, string text, UnixFileMode mode)
    {
        if (Path.Exists(file))
            throw new IOException($"{file} is there already; choose another name or --directory");

        using (var writer = new StreamWriter(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode }))
            writer.Write(text);

        // Set again, because the umask restricts a mode given at creation.
        File.SetUnixFileMode(file, mode);
    }

    private static string Quoted(string path) => Harmless().IsMatch(path) ? path : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"\A[A-Za-z0-9_./+-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Harmless();
}
