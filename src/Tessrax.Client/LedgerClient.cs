using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Verification;

namespace Tessrax.Client;

/// <summary>Asks a Tessrax server, and verifies what it answers before it is returned.</summary>
/// <remarks>
/// Trust begins with a trust root from a source of one's own. Every checkpoint must be signed as it demands, and be consistent with all that were accepted before; every receipt
/// must be proven in such a checkpoint. What no short proof shows is a <see cref="ServerWord"/>, and says so by its type. A log key that came after the trust root's is not
/// followed: that it came with right is shown by the whole ledger alone, and a newer trust root names it.
/// Safe for concurrent use.
/// </remarks>
public sealed partial class LedgerClient : IDisposable
{
    private const int TriesOfBehind = 4;
    private static readonly TimeSpan PauseOfBehind = TimeSpan.FromMilliseconds(250);

    private readonly ClientOptions options;
    private readonly Transport transport;
    private readonly ClientCache cache;
    private readonly HeldCheckpoint held;
    private readonly AccessSigner? signer;

    /// <param name="server">The server's address, http or https, with or without a slash at its end.</param>
    /// <param name="trust">Who must have signed its checkpoints. Never taken from the server.</param>
    /// <param name="options">How it is asked.</param>
    /// <exception cref="TessraxException">TSX1012: no such address; TSX2008: an access key goes with a trust root that names its ledger.</exception>
    public LedgerClient(Uri server, TrustRoot trust, ClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(trust);
        ArgumentNullException.ThrowIfNull(options);
        Server = Addresses.Check(server);
        Trust = trust;
        this.options = options;
        // A token names a ledger. Were that taken from the server, it could be another one's, where the token is then shown.
        if ((options.AccessKey is { } given ? () => given : options.UnlockAccessKey) is { } key)
            signer = new AccessSigner(
                trust.Ledger
                    ?? throw ErrorCodes.BadTrustRoot.Because(
                        "a request is signed for one ledger, and the trust root names none",
                        "give a trust root document; a log's vkey alone does for reading"
                    ),
                key,
                options
            );
        transport = new Transport(Server, signer, options);
        cache = new ClientCache(trust.Ledger?.ToHex(), options);
        held = new HeldCheckpoint(trust, options.Memory, ProveConsistencyAsync);
    }

    /// <summary>The server's address, with a slash at its end.</summary>
    public Uri Server { get; }

    /// <summary>Where trust begins.</summary>
    public TrustRoot Trust { get; }

    /// <summary>The newest checkpoint that was accepted; null before the first. Whoever keeps it, and gives it in the next trust root, finds out a log that forks in between.</summary>
    public VerifiedCheckpoint? Accepted => held.Newest;

    /// <summary>The log's newest checkpoint, or the one accepted before if the server has none that is newer.</summary>
    /// <exception cref="TessraxException">TSX6040: it is not signed as the trust root demands; TSX6041: it contradicts one that was accepted, or is older than what an earlier process
    /// has accepted; TSX3016, or the server's own.</exception>
    public async ValueTask<VerifiedCheckpoint> CheckpointAsync(CancellationToken cancel = default)
    {
        // Before it is asked: what another process accepts meanwhile may be newer than the answer.
        long? remembered = held.RememberedSize();
        for (int again = 0; ; again++)
        {
            VerifiedCheckpoint given = await NewestAsync(cancel).ConfigureAwait(false);
            VerifiedCheckpoint newest = await held.HoldAsync(given, cancel).ConfigureAwait(false);
            if (remembered is not { } accepted || given.Head.Size >= accepted)
                return newest;
            // Of several servers of a ledger, another one than was asked before may be a moment behind.
            if (again == TriesOfBehind)
                throw held.Behind(given.Head.Size, accepted);
            await Task.Delay(PauseOfBehind, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>The checkpoint that was signed when the log had so many entries, held against those that were accepted.</summary>
    /// <param name="size">How many entries.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="TessraxException">TSX3011: none was signed at that size; TSX6040: it is not signed as the trust root demands, as one of which witnesses are demanded never is; others as
    /// <see cref="CheckpointAsync"/>.</exception>
    public async ValueTask<VerifiedCheckpoint> CheckpointAtAsync(long size, CancellationToken cancel = default)
    {
        Answered answer = await transport
            .GetAsync(Invariant($"v1/checkpoints/{size}"), cancel, Asking.MostOfProof)
            .ConfigureAwait(false);
        VerifiedCheckpoint given = Read(answer.Json());
        if (given.Head.Size != size)
            throw ErrorCodes.AnswerBroken.Because($"the checkpoint is of size {given.Head.Size}, not {size}");
        await held.HoldAsync(given, cancel).ConfigureAwait(false);
        return given;
    }

    // A checkpoint that witnesses have cosigned is served to anybody's client; that log is of SHA-256.
    private async ValueTask<VerifiedCheckpoint> NewestAsync(CancellationToken cancel) =>
        Trust.Policy.LogOnly
            ? Read((await transport.GetAsync("v1/checkpoint", cancel, Asking.MostOfProof).ConfigureAwait(false)).Json())
            : Read(
                (await transport.GetAsync("checkpoint", cancel, Asking.MostOfProof).ConfigureAwait(false)).Bytes,
                TreeHasher.Sha256
            );

    /// <summary>A receipt, proven in an accepted checkpoint.</summary>
    /// <param name="index">The entry.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="TessraxException">TSX3011: there is no such entry; TSX6040: the answer does not hold; others as <see cref="CheckpointAsync"/>.</exception>
    public async ValueTask<VerifiedReceipt> ReceiptAsync(long index, CancellationToken cancel = default)
    {
        VerifiedCheckpoint checkpoint = await CoveringAsync(index + 1, cancel).ConfigureAwait(false);
        if (index >= checkpoint.Head.Size)
            throw ErrorCodes.NoSuchEntry.Because($"there is no entry {index}; the ledger holds {checkpoint.Head.Size}");
        return await ReceiptInAsync(index, checkpoint, Trust, cancel).ConfigureAwait(false);
    }

    /// <summary>The receipt of an entry that the server named: that there is none breaks its word.</summary>
    /// <exception cref="TessraxException">TSX6040: there is no such entry, or the answer does not hold; others as <see cref="CheckpointAsync"/>.</exception>
    public async ValueTask<VerifiedReceipt> NamedReceiptAsync(long index, CancellationToken cancel = default)
    {
        try
        {
            return await ReceiptAsync(index, cancel).ConfigureAwait(false);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.NoSuchEntry)
        {
            throw new TessraxException(
                ErrorCodes.AnswerBroken,
                $"the server names an entry that is not there: {e.Message}",
                null,
                e
            );
        }
    }

    /// <summary>A bundle that proves an entry with all that it rests on: signatures, approvals, the decision worked out anew.</summary>
    /// <exception cref="TessraxException">TSX3011: there is no such entry; TSX6040: the bundle does not hold; others as <see cref="CheckpointAsync"/>.</exception>
    public async ValueTask<VerifiedBundle> BundleAsync(long index, CancellationToken cancel = default)
    {
        Answered answer = await transport
            .GetAsync(Invariant($"v1/bundles/{index}"), cancel, Bundle.MaxBytes)
            .ConfigureAwait(false);
        answer.RequireFewValues(Answered.MostValuesOfBundle);
        Verdict verdict = BundleVerifier.Verify(answer.Bytes, Trust, options.Clock);
        ReceiptJudge.Require(verdict, $"the bundle of entry {index}");
        var bundle = Bundle.Parse(answer.Bytes);
        if (bundle.Subject != index)
            throw ErrorCodes.AnswerBroken.Because($"the bundle is of entry {bundle.Subject}, not {index}");
        await held.HoldAsync(Read(Encoding.UTF8.GetBytes(bundle.Checkpoint), verdict.Hasher), cancel)
            .ConfigureAwait(false);
        return new VerifiedBundle(answer.Bytes, verdict);
    }

    /// <summary>A policy that was in force, by its digest.</summary>
    /// <exception cref="TessraxException">TSX3011: there is none; TSX6040: the answer is another document.</exception>
    public async ValueTask<JsonValue> PolicyAsync(Digest digest, CancellationToken cancel = default)
    {
        Answered answer = await transport
            .GetAsync($"v1/policies/{Uri.EscapeDataString(digest.ToString())}", cancel, Asking.MostOfOne)
            .ConfigureAwait(false);
        return HashEngine.Sha256.Hash(answer.Bytes) == digest
            ? answer.Json()
            : throw ErrorCodes.AnswerBroken.Because($"the document does not hash to {digest}");
    }

    /// <summary>What the server tells of its ledger, without proof.</summary>
    /// <param name="path">Behind the server's address, with its query: <c>v1/proposals</c>.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="TessraxException">TSX3016, or the server's own.</exception>
    public async ValueTask<ServerWord> TellAsync(string path, CancellationToken cancel = default) =>
        new((await transport.GetAsync(path, cancel).ConfigureAwait(false)).Json());

    /// <summary>The ledger that a server says it serves. To choose a trust root by, and for nothing else: it is not verified.</summary>
    /// <exception cref="TessraxException">TSX1012: no such address; TSX3016: it could not be asked, or names no ledger.</exception>
    public static async ValueTask<Digest> NamedLedgerAsync(
        Uri server,
        ClientOptions options,
        CancellationToken cancel = default
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        using var transport = new Transport(
            Addresses.Check(server),
            null,
            options with
            {
                AccessKey = null,
                UnlockAccessKey = null,
            }
        );
        string? named = await transport.NamedLedgerAsync(cancel).ConfigureAwait(false);
        return Digest.TryParse(named ?? "", out Digest id)
            ? id
            : throw ErrorCodes.CannotFetch.Because($"{server} names no ledger", "is it a Tessrax server?");
    }

    /// <summary>Closes the connections. The cache stays.</summary>
    public void Dispose() => transport.Dispose();

    // One that covers so many entries, if the server has one.
    private async ValueTask<VerifiedCheckpoint> CoveringAsync(long size, CancellationToken cancel) =>
        held.Newest is { } known && known.Head.Size >= size
            ? known
            : await CheckpointAsync(cancel).ConfigureAwait(false);

    // The entry as the server gives it for a tree that was accepted.
    private async ValueTask<VerifiedReceipt> ReceiptInAsync(
        long index,
        VerifiedCheckpoint checkpoint,
        TrustRoot trust,
        CancellationToken cancel
    )
    {
        Answered answer = await transport
            .GetAsync(Invariant($"v1/receipts/{index}?size={checkpoint.Head.Size}"), cancel, Asking.MostOfOne)
            .ConfigureAwait(false);
        return ReceiptJudge.Judge(answer.Json(), index, null, checkpoint, trust, options.Clock);
    }

    private static VerifiedCheckpoint Read(JsonValue answer)
    {
        TreeHasher hasher =
            TreeHasher.NamedBy(ServerRefusal.Text(answer, "root") ?? "")
            ?? throw ErrorCodes.AnswerBroken.Because("the checkpoint's root names no hash that ledgers have");
        return Read(Encoding.UTF8.GetBytes(ServerRefusal.Text(answer, "note") ?? ""), hasher);
    }

    private static VerifiedCheckpoint Read(ReadOnlySpan<byte> note, TreeHasher hasher)
    {
        if (
            !SignedNote.TryParse(note, out SignedNote? signed, out string reason)
            || !Checkpoint.TryParseBody(signed.Text, out Checkpoint? says)
        )
            throw ErrorCodes.AnswerBroken.Because($"the checkpoint cannot be read: {reason}");
        return new VerifiedCheckpoint(signed, says.Head, hasher);
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
