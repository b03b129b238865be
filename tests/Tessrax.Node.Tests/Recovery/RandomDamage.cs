using System.Globalization;

namespace Tessrax.Node.Tests.Recovery;

/// <summary>Flips, zeroes, cuts, deletes, duplicates and exchanges files and parts of files, as a seed says.</summary>
internal static class RandomDamage
{
    /// <summary>Does one thing to one file, and says what.</summary>
    public static string Do(SmallLedger ledger, Random random)
    {
        string[] files =
        [
            .. Directory
                .GetFiles(ledger.Path, "*", SearchOption.AllDirectories)
                .Where(file => new FileInfo(file).Length > 0 && Path.GetFileName(file) != "lock")
                .Order(StringComparer.Ordinal),
        ];
        // Mostly segments: that is where the truth lies.
        string[] segments = [.. files.Where(file => file.EndsWith(".seg", StringComparison.Ordinal))];
        string file = random.Next(3) > 0 && segments.Length > 0 ? Pick(segments, random) : Pick(files, random);
        byte[] bytes = File.ReadAllBytes(file);
        int used = Math.Max(1, bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 1);
        int at = random.Next(used);
        int end = at + 1 + random.Next(Math.Min(used - at, 3000));
        string other = Pick(files, random);
        string what = string.Create(
            CultureInfo.InvariantCulture,
            $"{Path.GetRelativePath(ledger.Path, file)} [{at}, {end}) of {used}"
        );
        switch (random.Next(8))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                File.WriteAllBytes(file, bytes);
                return $"flip {what}";
            case 1:
                bytes.AsSpan(at..end).Clear();
                File.WriteAllBytes(file, bytes);
                return $"zero {what}";
            case 2:
                File.WriteAllBytes(file, bytes[..at]);
                return $"cut {what}";
            case 3:
                File.Delete(file);
                return $"delete {what}";
            case 4:
                random.NextBytes(bytes.AsSpan(at..end));
                File.WriteAllBytes(file, bytes);
                return $"noise {what}";
            case 5:
                File.Copy(other, file, overwrite: true);
                return $"copy of {Path.GetRelativePath(ledger.Path, other)} over {what}";
            case 6:
                byte[] exchanged = File.ReadAllBytes(other);
                File.WriteAllBytes(other, bytes);
                File.WriteAllBytes(file, exchanged);
                return $"exchanged with {Path.GetRelativePath(ledger.Path, other)}: {what}";
            default:
                bytes
                    .AsSpan(at, Math.Min(end, used) - at)
                    .CopyTo(bytes.AsSpan(random.Next(used - (Math.Min(end, used) - at) + 1)));
                File.WriteAllBytes(file, bytes);
                return $"part copied elsewhere: {what}";
        }
    }

    private static string Pick(string[] from, Random random) => from[random.Next(from.Length)];
}
