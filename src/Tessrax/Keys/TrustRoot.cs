using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Keys;

/// <summary>Where trust in a ledger begins: its id, who must have signed its checkpoints, and the last one accepted. Never taken
/// from what is to be verified.</summary>
/// <param name="Ledger">The ledger id; null if only a log key is known, and any ledger of that key is meant.</param>
/// <param name="Policy">Whose signatures count.</param>
/// <param name="Accepted">The last checkpoint that was accepted, as it was signed; later ones must extend it. Null if none was.</param>
/// <example><code>
/// {"checkpoint":"example.com/ledger\n3\n...","ledger":"sha256:...","policy":"log example.com/ledger+...\nquorum none\n","trust":"tessrax/trust/v1"}
/// </code></example>
public sealed record TrustRoot(Digest? Ledger, TlogPolicy Policy, SignedNote? Accepted = null)
{
    /// <summary>The value of the member <c>trust</c>.</summary>
    public const string Format = "tessrax/trust/v1";

    /// <summary>The last accepted checkpoint, or null.</summary>
    public Checkpoint? Checkpoint => Accepted is null ? null : Keys.Checkpoint.ParseBody(Accepted.Text);

    /// <summary>Reads a trust root document.</summary>
    /// <exception cref="TessraxException">TSX2008: not a trust root, or its checkpoint is not signed by a log that its policy names.</exception>
    public static TrustRoot Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new ObjectReader(JsonValue.Parse(json));
            reader.OneOf("trust", Format);
            Digest ledger = reader.Digest("ledger");
            var policy = TlogPolicy.Parse(reader.String("policy", int.MaxValue));
            string? checkpoint = reader.OptionalString("checkpoint", SignedNote.MaxBytes);
            reader.End();
            SignedNote? accepted = checkpoint is null ? null : SignedNote.Parse(NoteText.Utf8.GetBytes(checkpoint));
            return new TrustRoot(ledger, policy).Accepting(accepted);
        }
        catch (TessraxException e) when (e.Code != ErrorCodes.BadTrustRoot)
        {
            throw new TessraxException(ErrorCodes.BadTrustRoot, $"not a trust root: {e.Message}", inner: e)
            {
                Path = e.Path,
                Offset = e.Offset,
            };
        }
    }

    /// <summary>Reads a file that holds a trust root, or just the log's vkey, as people paste it.</summary>
    /// <exception cref="TessraxException">TSX2008: it is neither.</exception>
    public static TrustRoot OfFile(ReadOnlySpan<byte> content) =>
        VerifierKey.TryParse(Encoding.UTF8.GetString(content).Trim(), out VerifierKey? alone)
            ? FromVerifierKey(alone)
            : Parse(content);

    /// <summary>Trust in whatever this log key signs: no ledger id, no witnesses.</summary>
    /// <exception cref="TessraxException">TSX2008: not the key of a log.</exception>
    public static TrustRoot FromVerifierKey(VerifierKey log) => new(null, TlogPolicy.LogAlone(log));

    /// <summary>The same trust with a later checkpoint accepted. The caller has checked that it extends the one before.</summary>
    /// <exception cref="TessraxException">TSX2008: no log that the policy names has signed it.</exception>
    public TrustRoot Accepting(SignedNote? checkpoint, LogKeyChain? log = null)
    {
        if (checkpoint is not null && Judge(checkpoint.ToBytes(), log) is { Log: null } verdict)
            throw ErrorCodes.BadTrustRoot.Because($"the accepted checkpoint does not hold: {verdict.Reason}");
        return this with { Accepted = checkpoint };
    }

    /// <summary>What the policy says of a ledger's checkpoint, whichever of the log's keys it names.</summary>
    /// <param name="note">The signed checkpoint.</param>
    /// <param name="log">The log's keys, as the ledger's control events show them; null if they could not be read.</param>
    public PolicyVerdict Judge(ReadOnlySpan<byte> note, LogKeyChain? log) =>
        Policy.Evaluate(note, log, needsConsent: Ledger is null);

    /// <summary>The document, in canonical form.</summary>
    /// <exception cref="InvalidOperationException">There is no ledger id to write.</exception>
    public byte[] ToJson()
    {
        Digest ledger =
            Ledger ?? throw new InvalidOperationException("a trust root without a ledger id has no document");
        return JsonValue
            .Object(
                ("trust", Format),
                ("ledger", ledger.ToString()),
                ("policy", Policy.Text),
                ("checkpoint", Accepted is null ? null : JsonValue.String(Accepted.ToString()))
            )
            .ToCanonicalBytes();
    }
}
