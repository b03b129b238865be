namespace Tessrax.Tests.Architecture;

/// <summary>The files of the repository, for tests that read them.</summary>
internal static class SourceText
{
    /// <summary>What a folder holds, without what was built there and without vectors.</summary>
    /// <param name="folder">From the root of the repository on.</param>
    /// <param name="pattern">Of the files' names.</param>
    /// <returns>Each file's path from the root of the repository on, with slashes, and its text.</returns>
    public static (string File, string Text)[] Of(string folder, string pattern) =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(Spec.Root, folder), pattern, SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Spec.Root, file).Replace('\\', '/'))
                .Where(file => !file.Contains("/obj/") && !file.Contains("/bin/") && !file.Contains("/vectors/"))
                .Select(file => (file, File.ReadAllText(Path.Combine(Spec.Root, file)))),
        ];
}
