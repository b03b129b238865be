using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;

namespace Tessrax.Governance;

/// <summary>What comes back from the machine that has the recovery key. With the request it is all that KEY_RECOVERED says.</summary>
/// <remarks><code>{"answer":"tessrax/recovery-answer/v1","ledger":"sha256:…","next":"sha256:…","request":"sha256:…","sig":"…","vkey":"recovery+…"}</code>
/// It fits in a QR code. Nobody has to trust it: the ledger checks it.</remarks>
/// <param name="Request">SHA-256 of the request's bytes.</param>
/// <param name="Ledger">The ledger's id.</param>
/// <param name="Recovery">The recovery key.</param>
/// <param name="Next">The hash of the next one.</param>
/// <param name="Signature">Its signature, 64 bytes in base64.</param>
public sealed record RecoveryAnswer(Digest Request, Digest Ledger, VerifierKey Recovery, Digest Next, string Signature)
{
    /// <summary>The largest answer, in bytes.</summary>
    public const int MaxBytes = 700;

    private const string Version = "tessrax/recovery-answer/v1";

    /// <summary>Answers a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="key">The recovery key's public half.</param>
    /// <param name="signer">Signs with it.</param>
    /// <param name="next">The next recovery key.</param>
    /// <exception cref="TessraxException">TSX4041: the request asks for another key.</exception>
    public static RecoveryAnswer Sign(RecoveryRequest request, PublicKey key, Signer signer, PublicKey next)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(signer);
        if (RecoveryCommitment.Of(key) != request.By.Commitment || next == key)
            throw ErrorCodes.RecoveryRefused.Because(
                $"the ledger committed to {request.By.Commitment}, and this recovery key gives {RecoveryCommitment.Of(key)}",
                "another mnemonic, or another --ledger N or passphrase of it"
            );
        var unsigned = new KeyRecovered(
            VerifierKey.Create(KeyRecovered.VerifierName, key),
            request.By.Generation,
            request.Terms,
            RecoveryCommitment.Of(next),
            ""
        );
        return new RecoveryAnswer(
            request.Digest,
            request.Ledger,
            unsigned.Recovery,
            unsigned.Next,
            Convert.ToBase64String(signer(unsigned.SignedBytes(request.Ledger)))
        );
    }

    /// <summary>Reads an answer strictly, but for white space around it.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1010: not an answer.</exception>
    public static RecoveryAnswer Parse(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes.Trim(" \t\r\n"u8);
        if (bytes.Length > MaxBytes)
            throw ErrorCodes.TooLarge.Because($"a recovery answer has at most {MaxBytes} bytes");
        var reader = new ObjectReader(JsonValue.Parse(bytes));
        reader.OneOf("answer", Version);
        var answer = new RecoveryAnswer(
            reader.Digest("request"),
            reader.Digest("ledger"),
            KeyRecovered.ReadKey(reader),
            reader.Digest("next"),
            Convert.ToBase64String(reader.Base64("sig", KeyProof.SignatureBytes))
        );
        reader.End();
        return answer;
    }

    /// <summary>Canonical, at most 700.</summary>
    public byte[] ToBytes() =>
        JsonValue
            .Object(
                ("answer", Version),
                ("request", Request.ToString()),
                ("ledger", Ledger.ToString()),
                ("vkey", Recovery.ToString()),
                ("next", Next.ToString()),
                ("sig", Signature)
            )
            .ToCanonicalBytes();

    /// <summary>What it says together with its request, signed.</summary>
    /// <exception cref="TessraxException">TSX4041: it answers another request, or the signature does not hold.</exception>
    public KeyRecovered Join(RecoveryRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (Request != request.Digest || Ledger != request.Ledger)
            throw ErrorCodes.RecoveryRefused.Because(
                $"the answer is to the request {Request}, and this one is {request.Digest}",
                "give the request that was signed: it may have been made anew since"
            );
        var recovered = new KeyRecovered(Recovery, request.By.Generation, request.Terms, Next, Signature);
        return recovered.IsSigned(Ledger, request.By)
            ? recovered
            : throw ErrorCodes.RecoveryRefused.Because("the answer is not signed by the key that the request asks for");
    }
}
