namespace Tessrax.Bench;

/// <summary>A folder of its own on the disk that is to be measured, for as long as a benchmark needs it.</summary>
internal sealed class WorkFolder : IDisposable
{
    /// <param name="place">Where.</param>
    /// <param name="kind">What is measured, for the name.</param>
    public WorkFolder(string place, string kind) =>
        Path = Directory
            .CreateDirectory(System.IO.Path.Combine(place, $".tessrax-bench-{kind}-{Guid.NewGuid():N}"))
            .FullName;

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
