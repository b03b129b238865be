using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>What all keys of a ledger together must keep.</summary>
internal static class KeyRules
{
    /// <summary>The most keys that may sign at a time, and the most in genesis.</summary>
    public const int MaxActive = 256;

    // Log and author key, windows, digests, times, and a note of two signatures.
    private const int RestOfGenesis = 3_000;

    /// <summary>The most keys that a ledger ever knows, those that ended included.</summary>
    public const int MaxKeys = 512;

    /// <summary>So many of them only a recovery may enter, where one is possible: whoever fills the list must not outrun it.</summary>
    public const int ForRecovery = 64;

    /// <summary>The state with keys that are new, or other than they were.</summary>
    /// <exception cref="TessraxException">TSX1006: too many keys; TSX1009: two approvers of one name.</exception>
    public static GovernanceState With(GovernanceState state, IReadOnlyList<LedgerKey> changed, bool isRecovery = false)
    {
        HashSet<Digest> ids = [.. changed.Select(k => k.Id)];
        LedgerKey[] keys = [.. state.Keys.Where(k => !ids.Contains(k.Id)).Concat(changed).OrderBy(k => k.Id)];
        int most = state.Recovery is null || isRecovery ? MaxKeys : MaxKeys - ForRecovery;
        bool grows = keys.Length > state.Keys.Count;
        if (grows && keys.Length > most || keys.Count(k => k.IsActive) > MaxActive)
            throw ErrorCodes.TooLarge.Because(
                $"a ledger knows at most {most} keys, of which at most {MaxActive} may sign"
            );
        CheckNames(keys);
        return state with { Keys = keys };
    }

    /// <summary>Refuses a key that the ledger knows, under whatever name: it has one purpose, once, for ever.</summary>
    /// <exception cref="TessraxException">TSX1009.</exception>
    public static void RequireNew(GovernanceState state, KeyContent key)
    {
        if (state.Key(key.Id) is { } known)
            throw ErrorCodes.BadValue.Because(
                $"the key {key.Id} is known already, as the {KeyPurposes.ToText(known.Purpose)} key of {known.Name}"
            );
    }

    /// <summary>Refuses a key that cannot sign the log's checkpoints: its name is the log's, and its line must be told from those of every other key of the log.</summary>
    /// <exception cref="TessraxException">TSX1009.</exception>
    public static void RequireLogKey(GovernanceState state, VerifierKey key)
    {
        if (key.Name != state.Origin)
            throw ErrorCodes.BadValue.Because(
                $"the log's key must be named {state.Origin} in its vkey, not {key.Name}"
            );
        // Four bytes tell whose a line is; with two keys of one id, no reader could read any checkpoint (C2SP signed-note).
        if (state.Keys.Any(k => k.Purpose == KeyPurpose.Log && k.Verifier.NoteId == key.NoteId))
            throw ErrorCodes.BadValue.Because(
                $"the note id of {key} is that of an earlier key of the log; make another key"
            );
    }

    /// <summary>The key of that id, which may sign now.</summary>
    /// <exception cref="TessraxException">TSX1009: unknown; TSX4039: it ended.</exception>
    public static LedgerKey RequireActive(GovernanceState state, Digest id)
    {
        LedgerKey key = state.Key(id) ?? throw ErrorCodes.BadValue.Because($"the ledger does not know the key {id}");
        return key.Ending is not { } ending
            ? key
            : throw ErrorCodes.KeyEnded.Because(
                $"the key {id} of {key.Name} ended at {ending.Until}: {ending.CauseText}"
            );
    }

    /// <summary>The persons whose a key would be that enters, and who have another one that stays, but for the author's own person: each must agree.</summary>
    /// <remarks>Else whoever enters a key in somebody's name has taken that person's verdict. A rotation is signed by the old key; and of a person whose keys all
    /// end nobody is left to ask.</remarks>
    public static IEnumerable<string> Claimed(EntryBody body, GovernanceState state, GovernanceState next) =>
        body.Event is Events.KeyAdded or Events.ApproversChanged
            ? KeyContent
                .EnteredBy(body)
                .Select(key => key.Person)
                .OfType<string>()
                .Distinct(StringComparer.Ordinal)
                .Where(person => person != state.Key(body.By.Key)?.Person)
                .Where(person => state.Keys.Any(key => key.Person == person && next.Key(key.Id)!.IsActive))
            : [];

    /// <summary>Refuses more keys, or a larger policy, than the genesis of a successor has room for; what is as it was is not refused.</summary>
    public static Refusal? JudgeRoom(
        GovernanceState state,
        Policy policy,
        GovernanceState next,
        Policy nextPolicy,
        string what
    )
    {
        int bytes = Carried(next, nextPolicy);
        return bytes <= EntryBody.MaxBytes || bytes <= Carried(state, policy)
            ? null
            : new Refusal(
                Aspect.Governance,
                ErrorCodes.TooLarge,
                $"{what} leaves keys and a policy of {bytes} bytes, and the genesis of a successor holds {EntryBody.MaxBytes}"
            );
    }

    // What a successor's genesis takes over, with as much as the rest of it can need: its origin, and the checkpoint that it follows.
    private static int Carried(GovernanceState state, Policy policy) =>
        JsonValue.Of(state.ActiveKeys(KeyPurpose.Approver).Select(key => key.ToJson())).ToCanonicalBytes().Length
        + policy.Document.ToCanonicalBytes().Length
        + (8 * state.Origin.Length)
        + RestOfGenesis;

    /// <summary>Refuses two approvers of one name: who counts the names of those who approved must not count one person twice.</summary>
    /// <exception cref="TessraxException">TSX1009.</exception>
    public static void CheckNames(IEnumerable<LedgerKey> keys)
    {
        IEnumerable<IGrouping<string, LedgerKey>> byName = keys.Where(k =>
                k.IsActive && k.Purpose == KeyPurpose.Approver
            )
            .GroupBy(k => k.Name, StringComparer.Ordinal);
        foreach (IGrouping<string, LedgerKey> named in byName)
        {
            // Several keys of one person count once, whatever they are called.
            bool isOne = named.All(k => k.Person is { } person && person == named.First().Person);
            if (named.Count() > 1 && !isOne)
                throw ErrorCodes.BadValue.Because($"two approvers are named {named.Key}; one person counts once");
        }
    }

    internal static bool IsSorted(IReadOnlyList<Digest> ids) => ids.SequenceEqual(ids.Order());

    /// <summary>The key id that an element of a list is.</summary>
    /// <exception cref="TessraxException">TSX1010: none.</exception>
    internal static Digest ReadId((JsonValue Value, string Path) item) =>
        item.Value.Kind == JsonKind.String && Digest.TryParse(item.Value.AsString(), out Digest id)
            ? id
            : throw ErrorCodes.BadDigest.Because($"{item.Path} is not a key id");
}
