using Tessrax.Cli.Terminal;
using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node.Files;

namespace Tessrax.Cli.Commands;

/// <summary>Leaves in text: one a line, in hex. Each LF ends a leaf, so an empty line is the empty leaf; a last line need not have one.</summary>
/// <remarks>Read in one pass, so that a tree of any size needs no more memory than its longest leaf. A CR before the LF is not
/// part of the leaf.</remarks>
internal static class LeafLines
{
    private const int Longest = 32 << 20;

    /// <summary>The leaf hashes (RFC 6962, section 2.1), in order.</summary>
    /// <exception cref="TessraxException">TSX1009: a line is not hex. TSX1006: a line is too long.</exception>
    public static IEnumerable<Digest> Hashes(CliContext context, string? path, TreeHasher hasher)
    {
        string name = InputFiles.NameOf(path);
        using Stream input = context.OpenInput(path);
        using var line = new MemoryStream();
        var chunk = new byte[1 << 16];
        long number = 0;
        for (int count = Read(input, chunk, name); count > 0; count = Read(input, chunk, name))
        {
            for (int at = 0; at < count; )
            {
                int end = Array.IndexOf(chunk, (byte)'\n', at, count - at);
                line.Write(chunk, at, (end < 0 ? count : end) - at);
                if (line.Length > Longest)
                    throw ErrorCodes.TooLarge.Because($"{name}: line {number + 1} has more than {Longest} characters");
                at = end < 0 ? count : end + 1;
                if (end < 0)
                    continue;
                yield return Hash(line, ++number, name, hasher);
                line.SetLength(0);
            }
        }
        if (line.Length > 0)
            yield return Hash(line, ++number, name, hasher);
    }

    /// <summary>The whole tree, for proofs.</summary>
    public static MerkleTree Tree(CliContext context, string? path, TreeHasher hasher)
    {
        var tree = new MerkleTree(hasher);
        foreach (Digest leaf in Hashes(context, path, hasher))
            tree.Append(leaf);
        return tree;
    }

    private static Digest Hash(MemoryStream line, long number, string name, TreeHasher hasher)
    {
        ReadOnlySpan<byte> text = line.GetBuffer().AsSpan(0, (int)line.Length);
        if (text is [.., (byte)'\r'])
            text = text[..^1];
        return HexText.TryDecode(text) is { } leaf
            ? hasher.Leaf(leaf)
            : throw ErrorCodes.BadValue.Because($"{name}: line {number} is not hex", "write one leaf per line, in hex");
    }

    private static int Read(Stream input, byte[] chunk, string name) =>
        DiskErrors.Reading(name, () => input.Read(chunk));
}
