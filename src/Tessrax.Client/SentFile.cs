using System.Net;
using Tessrax.Hashing;

namespace Tessrax.Client;

/// <summary>A body that is sent from a stream, again from its beginning with each try.</summary>
/// <param name="Content">Can seek; whoever opened it closes it.</param>
/// <param name="Start">Where the body begins in it.</param>
/// <param name="Length">How many bytes it has.</param>
/// <param name="Digest">SHA-256 of them.</param>
internal sealed record SentFile(Stream Content, long Start, long Length, Digest Digest)
{
    private const int PartBytes = 128 * 1024;
    private const int LeastRate = 64 * 1024;

    /// <summary>How much longer than any other it may take.</summary>
    public TimeSpan Patience => TimeSpan.FromSeconds(Length / LeastRate);

    /// <summary>Looks at what is to be sent, from where the stream stands to its end.</summary>
    public static async ValueTask<SentFile> OfAsync(Stream content, CancellationToken cancel)
    {
        long start = content.Position;
        var hash = new Sha256Hasher();
        var part = new byte[PartBytes];
        long length = 0;
        for (int read; (read = await content.ReadAsync(part, cancel).ConfigureAwait(false)) > 0; length += read)
            hash.Append(part.AsSpan(0, read));
        return new SentFile(content, start, length, hash.Finish());
    }

    /// <summary>Whether it is what it was when it was looked at.</summary>
    public async ValueTask<bool> IsSameAsync(CancellationToken cancel)
    {
        Content.Position = Start;
        return (await OfAsync(Content, cancel).ConfigureAwait(false)).Digest == Digest;
    }

    /// <summary>What is wrong if it is not.</summary>
    public static TessraxException Changed() =>
        ErrorCodes.CannotRead.Because("the file changed while it was sent", "send a copy that nobody writes to");

    /// <summary>It, as a request carries it.</summary>
    public HttpContent ToContent() => new Sending(this);

    private sealed class Sending(SentFile file) : HttpContent
    {
        protected override bool TryComputeLength(out long length)
        {
            length = file.Length;
            return true;
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(
            Stream stream,
            TransportContext? context,
            CancellationToken cancellationToken
        )
        {
            file.Content.Position = file.Start;
            var part = new byte[PartBytes];
            for (long left = file.Length; left > 0; )
            {
                int read = await file
                    .Content.ReadAsync(part.AsMemory(0, (int)Math.Min(part.Length, left)), cancellationToken)
                    .ConfigureAwait(false);
                if (read == 0)
                    throw Changed();
                await stream.WriteAsync(part.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                left -= read;
            }
        }
    }
}
