using System.Buffers.Binary;
using System.IO.Compression;

namespace Tessrax.Cli.QrCodes;

/// <summary>A QR code as a PNG file: one bit a pixel, black on white.</summary>
internal static class QrPng
{
    private const int PixelsPerModule = 8;

    // ISO/IEC 15948, annex D.
    private const uint CrcPolynomial = 0xEDB8_8320;

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    public static byte[] Of(QrCode code)
    {
        int size = (code.Size + 2 * QrCode.Margin) * PixelsPerModule;
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, size);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), size);
        // A bit a pixel, greyscale; the rest has one value each.
        header[8] = 1;
        return
        [
            .. Signature,
            .. Chunk("IHDR"u8, header),
            .. Chunk("IDAT"u8, Compress(Pixels(code, size))),
            .. Chunk("IEND"u8, []),
        ];
    }

    // Lines, each behind a byte that says that it is not filtered. A pixel that is set is white.
    private static byte[] Pixels(QrCode code, int size)
    {
        // A module is as wide as a byte.
        int width = size / PixelsPerModule;
        var pixels = new byte[size * (1 + width)];
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < width; x++)
            {
                bool isDark = code[x - QrCode.Margin, y / PixelsPerModule - QrCode.Margin];
                pixels[y * (1 + width) + 1 + x] = isDark ? (byte)0 : byte.MaxValue;
            }
        }
        return pixels;
    }

    private static byte[] Compress(byte[] pixels)
    {
        using var compressed = new MemoryStream();
        using (var stream = new ZLibStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
            stream.Write(pixels);
        return compressed.ToArray();
    }

    private static byte[] Chunk(ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        byte[] chunk = [0, 0, 0, 0, .. name, .. content, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), Crc(chunk.AsSpan(4..^4)));
        return chunk;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int i = 0; i < 8; i++)
                crc = crc >> 1 ^ ((crc & 1) != 0 ? CrcPolynomial : 0);
        }
        return ~crc;
    }
}
