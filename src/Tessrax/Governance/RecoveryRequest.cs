using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;

namespace Tessrax.Governance;

/// <summary>What goes to the machine that has the recovery key, which has neither network nor ledger: which keys come and go, of which ledger.</summary>
/// <remarks><code>{"commitment":"sha256:…","generation":0,"keys":[{…}],"ledger":"sha256:…","origin":"example.com/decisions","proofs":["…"],"request":"tessrax/recovery-request/v1","retire":["sha256:…"],"suspect_from":412}</code></remarks>
/// <param name="Ledger">The ledger's id.</param>
/// <param name="Origin">Its origin, for people.</param>
/// <param name="By">The recovery key that is asked for.</param>
/// <param name="Terms">Which keys come and go.</param>
public sealed record RecoveryRequest(Digest Ledger, string Origin, RecoveryCommitment By, RecoveryTerms Terms)
{
    /// <summary>The largest request, in bytes: its content fits in the body of an entry.</summary>
    public const int MaxBytes = 32 * 1024;

    private const string Version = "tessrax/recovery-request/v1";

    /// <summary>SHA-256 of its bytes.</summary>
    public Digest Digest => HashEngine.Sha256.Hash(ToBytes());

    /// <summary>Asks for the recovery of a ledger, with keys that were offered to it.</summary>
    /// <param name="state">The ledger's state.</param>
    /// <param name="size">How many entries it has.</param>
    /// <param name="offers">The keys that come.</param>
    /// <param name="retire">Authors and approvers that end.</param>
    /// <param name="suspectFrom">The first entry that somebody else may have signed; <paramref name="size"/> if there is none.</param>
    /// <exception cref="TessraxException">TSX4041: the ledger cannot be recovered; TSX1006, TSX1009, TSX4040: keys that do not fit it.</exception>
    public static RecoveryRequest Make(
        GovernanceState state,
        long size,
        IEnumerable<KeyOffer> offers,
        IEnumerable<Digest> retire,
        long suspectFrom
    )
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Recovery is not { } by)
            throw KeyRecovered.NobodyCan();
        KeyOffer[] sorted = [.. offers.OrderBy(offer => offer.Key.Id)];
        foreach (KeyOffer offer in sorted)
            RequireFor(state, offer);
        var terms = new RecoveryTerms(
            [.. sorted.Select(offer => offer.Key)],
            [.. sorted.Select(offer => offer.Proof)],
            [.. retire.Distinct().Order()],
            suspectFrom
        );
        // Read back, so that what no ledger would take is told here.
        RecoveryRequest request = Parse(new RecoveryRequest(state.Ledger, state.Origin, by, terms).ToBytes());
        request.Terms.Apply(state, by.Commitment, size);
        return request;
    }

    /// <summary>Refuses a key that was offered to another ledger, or in another way.</summary>
    /// <exception cref="TessraxException">TSX1009.</exception>
    public static void RequireFor(GovernanceState state, KeyOffer offer)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(offer);
        if (offer.Ledger != state.Ledger || offer.Recovery != state.Recovery?.Commitment)
            throw ErrorCodes.BadValue.Because(
                $"the key {offer.Key.Id} of {offer.Key.Name} was not offered to this recovery",
                "offer it with tessraxctl keys offer --recovery COMMITMENT"
            );
    }

    /// <summary>Reads a request strictly; its keys are proven.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1011: not a request; TSX4040: a key that nobody has shown to have.</exception>
    public static RecoveryRequest Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
            throw ErrorCodes.TooLarge.Because($"a recovery request has at most {MaxBytes} bytes");
        var reader = new ObjectReader(JsonValue.Parse(bytes));
        reader.OneOf("request", Version);
        var request = new RecoveryRequest(
            reader.Digest("ledger"),
            Origins.Check(reader.String("origin")),
            new RecoveryCommitment(
                reader.Digest("commitment"),
                reader.Integer("generation", 0, RecoveryCommitment.MaxGeneration - 1)
            ),
            RecoveryTerms.Read(reader)
        );
        reader.End();
        if (request.Terms.Log.Verifier.Name != request.Origin)
            throw reader.Fault("keys", "must have a key of the log that is named like its origin");
        return request.Terms.AreProven(request.Ledger, request.By.Commitment)
            ? request
            : throw ErrorCodes.PossessionNotProven.Because(
                "a key in the recovery request was not shown to be anybody's"
            );
    }

    /// <summary>Canonical.</summary>
    public byte[] ToBytes() =>
        JsonValue
            .Object([
                ("request", Version),
                ("ledger", Ledger.ToString()),
                ("origin", Origin),
                ("commitment", By.Commitment.ToString()),
                ("generation", JsonValue.Number(By.Generation)),
                .. Terms.Members(),
            ])
            .ToCanonicalBytes();
}
