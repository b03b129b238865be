using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;

namespace Tessrax.Verification;

/// <summary>Checks a receipt with its inclusion proof, as a server hands it out, against a trust root of one's own.</summary>
/// <remarks>The document is <c>{"checkpoint","entry","index","leaf_hash","payload","proof","salt","size"}</c>, see <c>spec/server.md</c>. It shows that the log has recorded the entry
/// with that payload; a bundle shows beyond it that the entry keeps the ledger's rules.</remarks>
public sealed class ReceiptVerifier
{
    private const string Format = "receipt";
    private const string Merkle = "merkle";
    private const string Commitments = "commitments";
    private const string Trust = "trust";

    // What is shown beside what is checked.
    private static readonly string[] Shown = ["summary", "erased", "lost"];

    private readonly StageBoard board;
    private Receipt? receipt;
    private SignedNote? note;
    private Checkpoint? checkpoint;
    private TreeHasher hasher = TreeHasher.Sha256;
    private Digest leafHash;
    private Digest[] path = [];

    private ReceiptVerifier(TimeProvider clock) => board = new StageBoard(clock, Format, Commitments, Merkle, Trust);

    /// <summary>Whether bytes mean to be such a document; else they may be a bundle.</summary>
    public static bool IsMeant(ReadOnlySpan<byte> bytes) =>
        !bytes.StartsWith("{\"bundle\""u8) && JsonMembers.AreIn(bytes, "entry", "checkpoint");

    /// <summary>The verdict.</summary>
    /// <param name="bytes">Whatever a stranger gave; never throws at it.</param>
    /// <param name="trust">What the verifier accepts; null if trust was not established.</param>
    /// <param name="clock">Measures the stages; decides nothing.</param>
    public static Verdict Verify(ReadOnlySpan<byte> bytes, TrustRoot? trust, TimeProvider clock)
    {
        var verifier = new ReceiptVerifier(clock);
        try
        {
            using StageBoard.Measurement time = verifier.board.Measure(Format);
            verifier.Read(new ObjectReader(JsonValue.Parse(bytes)));
            verifier.board.Passed(Format);
        }
        catch (TessraxException e)
        {
            verifier.board.Failed(Format, e.Code, e.Message);
            foreach (string stage in (ReadOnlySpan<string>)[Commitments, Merkle, Trust])
                verifier.board.Drop(stage);
            return new Verdict(Format, null, 0, null, verifier.board.ToStages(), []);
        }
        return verifier.Judge(trust);
    }

    private void Read(ObjectReader reader)
    {
        JsonValue entry = reader.Required("entry");
        string payload = reader.Optional("payload") is { } given ? given.ToString() : "";
        byte[] salt = reader.OptionalString("salt") is null ? [] : reader.Base64("salt", Receipt.SaltBytes);
        bool isErased = reader.Optional("erased") is not null;
        receipt = Receipt.Parse(entry.ToCanonicalBytes(), Encoding.UTF8.GetBytes(payload), salt, isErased);
        string leaf = reader.String("leaf_hash");
        hasher = TreeHasher.NamedBy(leaf) ?? throw reader.Fault("leaf_hash", $"is '{leaf}', whose hash no ledger has");
        if (!hasher.TryParse(leaf, out leafHash))
            throw reader.Fault("leaf_hash", $"is '{leaf}', which is no hash");
        if (reader.Integer("index") != receipt.Entry.Index)
            throw reader.Fault("index", $"is not the entry's, which is {receipt.Entry.Index}");
        path = [.. reader.Array("proof", InclusionProof.MaxLength).Select(item => ReadHash(item.Value, item.Path))];
        note = SignedNote.Parse(Encoding.UTF8.GetBytes(reader.String("checkpoint", SignedNote.MaxBytes)));
        checkpoint = Checkpoint.ParseBody(note.Text);
        if (reader.Integer("size") != checkpoint.Head.Size)
            throw reader.Fault("size", $"is not the checkpoint's, which is {checkpoint.Head.Size}");
        foreach (string shown in Shown)
            _ = reader.Optional(shown);
        reader.End();
    }

    private static Digest ReadHash(JsonValue value, string place) =>
        value.Kind == JsonKind.String && Digest.TryParseBase64(value.AsString(), out Digest hash)
            ? hash
            : throw ErrorCodes.BadValue.Because($"{place} is no hash in base64");

    private Verdict Judge(TrustRoot? trust)
    {
        Entry entry = receipt!.Entry;
        TreeHead head = checkpoint!.Head;
        Digest? ledger = LedgerOf(entry);
        JudgePayload(ledger);
        if (receipt.LeafHash(hasher) != leafHash)
            board.Failed(
                Merkle,
                ErrorCodes.InclusionBroken,
                $"entry {entry.Index} does not hash to {hasher.Text(leafHash)}"
            );
        else if (!InclusionProof.Verify(path, head, entry.Index, leafHash, hasher))
            board.Failed(
                Merkle,
                ErrorCodes.InclusionBroken,
                $"the path does not lead from entry {entry.Index} to the checkpoint's root"
            );
        else
            board.Passed(Merkle);
        JudgeTrust(trust, ledger);
        return new Verdict(Format, ledger, head.Size, head.Root, board.ToStages(), [.. Excludes(trust)])
        {
            Hasher = hasher,
        };
    }

    // A genesis names its origin, and makes the id; every other entry names the id.
    private static Digest? LedgerOf(Entry entry)
    {
        if (entry.Body.Event == Events.LedgerCreated)
            return SignedBytes.LedgerIdOf(entry.Body.ToJson());
        return Digest.TryParse(entry.Body.Ledger, out Digest id) ? id : null;
    }

    private void JudgePayload(Digest? ledger)
    {
        Entry entry = receipt!.Entry;
        if (entry.Body.Payload is not null && receipt.Payload is null)
            board.NotClaimed(
                Commitments,
                ErrorCodes.NotReExecutable,
                $"the payload of entry {entry.Index} is not there: nobody can hold it against its commitment"
            );
        else if (ledger is { } id && receipt.PayloadMatches(id))
            board.Passed(Commitments);
        else
            board.Failed(
                Commitments,
                ErrorCodes.CommitmentBroken,
                $"the payload of entry {entry.Index} is not the one that its leaf commits to"
            );
    }

    private void JudgeTrust(TrustRoot? trust, Digest? ledger)
    {
        if (trust is null)
        {
            board.NotChecked(
                Trust,
                ErrorCodes.NoTrust,
                "trust is not established: nothing that you trust vouches for the log's key"
            );
            return;
        }
        if (trust.Ledger is { } expected && expected != ledger)
            board.Failed(
                Trust,
                ErrorCodes.WrongLedger,
                $"this is about the ledger {ledger?.ToString() ?? "(unreadable)"}, the trust root is for {expected}"
            );
        if (trust.Judge(note!.ToBytes(), null) is { Holds: false } refused)
            board.Failed(Trust, ErrorCodes.CheckpointRefused, refused.Reason);
        else
            board.Passed(Trust);
        if (
            trust.Checkpoint is { } trusted
            && trusted.Head.Size == checkpoint!.Head.Size
            && trusted.Head != checkpoint.Head
        )
            board.Failed(
                Trust,
                ErrorCodes.Inconsistent,
                $"at size {trusted.Head.Size} the trusted checkpoint has root {trusted.Head.Root}, this one {checkpoint.Head.Root}"
            );
    }

    private IEnumerable<string> Excludes(TrustRoot? trust)
    {
        if (trust is null || trust.Policy.LogOnly)
            yield return "a fork: no witness quorum is asked for (log-only), so the log could show others another history";
        if (receipt!.Entry.Body.Payload is not null && receipt.Payload is null)
            yield return "that the payload was taken away with right, and what it said (a bundle, or the whole ledger, tells)";
        yield return "that the entry keeps the ledger's rules: signatures, approvals and decisions (a bundle, or the whole ledger, shows that)";
        yield return "that a key of the log came after another one with right (the whole ledger shows that)";
    }
}
