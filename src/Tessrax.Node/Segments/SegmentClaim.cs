using System.Text;
using Tessrax.Hashing;
using Tessrax.Node.Files;

namespace Tessrax.Node.Segments;

/// <summary>What a <c>ledger.id</c> says.</summary>
/// <param name="Ledger">Whose directory it is.</param>
/// <param name="MadeIn">The full path of the directory in which that ledger is being made; null once it is there.</param>
internal sealed record SegmentClaim(Digest Ledger, string? MadeIn = null)
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>Reads a file; null if it is not what it should be, or cannot be read: it is somebody's then.</summary>
    public static SegmentClaim? Read(IDisk disk, string file)
    {
        try
        {
            string[] parts = Encoding.UTF8.GetString(DurableFile.Read(disk, file, MaxBytes)).Split('\n', 2);
            if (parts.Length < 2 || !Digest.TryParse(parts[0], out Digest ledger))
                return null;
            return parts[1] switch
            {
                "" => new SegmentClaim(ledger),
                [.. var path, '\n'] when Path.IsPathFullyQualified(path) => new SegmentClaim(ledger, path),
                _ => null,
            };
        }
        catch (TessraxException)
        {
            return null;
        }
    }

    /// <summary>The file's bytes.</summary>
    public byte[] ToBytes() => Encoding.UTF8.GetBytes(MadeIn is null ? $"{Ledger}\n" : $"{Ledger}\n{MadeIn}\n");
}
