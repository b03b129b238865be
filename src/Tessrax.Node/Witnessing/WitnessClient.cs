using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Tessrax.Keys;
using Tessrax.Node.Publishing;

namespace Tessrax.Node.Witnessing;

/// <summary>What a witness answered.</summary>
internal abstract record WitnessReply
{
    /// <summary>It cosigned; the line was checked.</summary>
    public sealed record Cosigned(NoteSignature Line) : WitnessReply;

    /// <summary>It has cosigned another size than it was taken to.</summary>
    public sealed record Holds(long Size) : WitnessReply;

    /// <summary>It says that the checkpoint does not extend the one that it cosigned.</summary>
    public sealed record Inconsistent(string Says) : WitnessReply;

    /// <summary>It did not answer, or not with anything that counts.</summary>
    public sealed record Failed(string Why) : WitnessReply
    {
        /// <summary>Whether no answer came.</summary>
        public bool IsSilent { get; init; }
    }
}

/// <summary>Asks one witness (C2SP tlog-witness), which may be hostile: answers are bounded in bytes and time, and no cosignature counts before it was checked.</summary>
/// <param name="http">Follows no redirect, and has no timeout of its own.</param>
/// <param name="prefix">The witness's submission prefix.</param>
/// <param name="key">Its key.</param>
/// <param name="timeout">For one request, to the last byte of its answer.</param>
internal sealed class WitnessClient(HttpClient http, Uri prefix, VerifierKey key, TimeSpan timeout)
{
    private const int LongestReason = 200;

    private readonly Uri url = new(prefix.AbsoluteUri.TrimEnd('/') + "/add-checkpoint");

    /// <summary>A client as witnesses are asked with.</summary>
    public static HttpClient NewHttp() => StrangerHttp.NewClient(DecompressionMethods.None);

    /// <summary>Reads the URL of a witness's line in a policy.</summary>
    /// <exception cref="TessraxException">TSX2008: it is none that could be asked.</exception>
    public static Uri PrefixOf(string name, string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out Uri? prefix)
        && (prefix.Scheme == Uri.UriSchemeHttp || prefix.Scheme == Uri.UriSchemeHttps)
        && prefix is { Query: "", Fragment: "", UserInfo: "" }
            ? prefix
            : throw ErrorCodes.BadTrustRoot.Because(
                $"the policy gives no URL at which the witness {name} could be asked",
                "write it behind the key: witness NAME VKEY https://HOST/PATH"
            );

    /// <summary>Sends a request; never throws for what comes back.</summary>
    /// <exception cref="OperationCanceledException">Cancelled by the caller.</exception>
    public async Task<WitnessReply> AskAsync(AddCheckpointRequest request, CancellationToken cancel)
    {
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        clock.CancelAfter(timeout);
        try
        {
            using var content = new ByteArrayContent(request.ToBytes());
            content.Headers.ContentType = new MediaTypeHeaderValue("text/plain", "utf-8");
            using var message = new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
            using HttpResponseMessage answer = await http.SendAsync(
                    message,
                    HttpCompletionOption.ResponseHeadersRead,
                    clock.Token
                )
                .ConfigureAwait(false);
            byte[] body = await ReadAsync(answer.Content, clock.Token).ConfigureAwait(false);
            return Read(request, (int)answer.StatusCode, body);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new WitnessReply.Failed($"no answer within {timeout.TotalSeconds:0.#} seconds") { IsSilent = true };
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new WitnessReply.Failed(e.Message) { IsSilent = true };
        }
    }

    private WitnessReply Read(AddCheckpointRequest request, int status, byte[] body)
    {
        if (body.Length > WitnessAnswer.MaxBytes)
            return new WitnessReply.Failed($"answered {status} with more than {WitnessAnswer.MaxBytes} bytes");
        return status switch
        {
            200 => Cosigned(request, body),
            409 when WitnessAnswer.TryReadSize(body, out long size) => new WitnessReply.Holds(size),
            422 => new WitnessReply.Inconsistent(Words(body)),
            _ => new WitnessReply.Failed($"answered {status}: {Words(body)}"),
        };
    }

    private WitnessReply Cosigned(AddCheckpointRequest request, byte[] body)
    {
        if (!WitnessAnswer.TryReadLines(body, out IReadOnlyList<NoteSignature>? lines))
            return new WitnessReply.Failed("answered 200, but not with signature lines");
        NoteSignature? line = lines.FirstOrDefault(one => one.Name == key.Name && one.KeyId == key.NoteId);
        return line is not null && request.Note.With(line).Only([key]).TryVerify(key)
            ? new WitnessReply.Cosigned(line)
            : new WitnessReply.Failed("answered 200, but its key's signature is not there or does not hold");
    }

    // What a stranger says goes into a log, in one line and not at any length.
    private static string Words(byte[] body)
    {
        string text = Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, LongestReason)));
        return string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
    }

    private static async Task<byte[]> ReadAsync(HttpContent content, CancellationToken cancel)
    {
        using Stream body = await content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        var buffer = new byte[WitnessAnswer.MaxBytes + 1];
        int count = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel)
            .ConfigureAwait(false);
        return buffer[..count];
    }
}
