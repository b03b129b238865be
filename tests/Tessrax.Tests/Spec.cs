namespace Tessrax.Tests;

/// <summary>Finds the files under <c>spec/</c>, whichever folder the tests run from.</summary>
internal static class Spec
{
    /// <summary>The folder that holds <c>Tessrax.slnx</c>.</summary>
    public static readonly string Root = FindRoot();

    /// <summary>A path under <c>spec/</c>.</summary>
    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, "spec", .. parts]);

    private static string FindRoot()
    {
        for (var dir = new DirectoryInfo(AppContext.BaseDirectory); dir is not null; dir = dir.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(dir.FullName, "Tessrax.slnx")))
                return dir.FullName;
        }
        throw new InvalidOperationException($"Tessrax.slnx is in no folder above {AppContext.BaseDirectory}");
    }
}
