namespace WgFleet.BrowserTests.Harness;

/// <summary>axe-core, which finds what keeps people from using a page; <c>./test</c> puts it into artifacts/npm.</summary>
internal static class Axe
{
    private static readonly Lazy<string> Script = new(() => File.ReadAllText(Path.Combine(Repository.Root, "artifacts/npm/node_modules/axe-core/axe.min.js")));

    /// <summary>Everything that is wrong with the page as it is now, a line for each rule and element.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(Microsoft.Playwright.IPage page)
    {
        // By way of the browser itself, since the server's pages let no script in.
        await page.EvaluateAsync(Script.Value);
        return await page.EvaluateAsync<string[]>(
            """
            async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
                .flatMap(v => v.nodes.map(n => `${v.id}: ${n.target.join(' ')}: ${n.failureSummary}`))
            """);
    }
}
