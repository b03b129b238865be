namespace Tessrax.Node.Tests.Appending;

/// <summary>Bytes that count up: the same stream, however it is cut.</summary>
internal sealed class CountingRandom
{
    private uint next;

    public void Fill(Span<byte> destination)
    {
        foreach (ref byte one in destination)
            one = unchecked((byte)((next++ * 2654435761u) >> 21));
    }
}
