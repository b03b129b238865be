using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;

namespace Tessrax.Governance;

/// <summary>What a recovery makes of a ledger's keys: which come, which go, and from when on the old ones are suspect.</summary>
/// <param name="Keys">New keys, by id: exactly one of the log, at least one author, at most 32.</param>
/// <param name="Proofs">For each of them, in the same order, its signature of <see cref="KeyProof.Recovery"/>, 64 bytes in base64.</param>
/// <param name="Retire">Authors and approvers that end, by id. The log's keys end in any case, and whatever came at <paramref name="SuspectFrom"/> or later.</param>
/// <param name="SuspectFrom">The first entry that somebody else may have signed; the size of the ledger if the keys were only lost.</param>
public sealed record RecoveryTerms(
    IReadOnlyList<KeyContent> Keys,
    IReadOnlyList<string> Proofs,
    IReadOnlyList<Digest> Retire,
    long SuspectFrom
)
{
    /// <summary>The most new keys.</summary>
    public const int MaxKeys = 32;

    private static readonly string[] Names = ["keys", "proofs", "retire", "suspect_from"];

    /// <summary>The new key of the log.</summary>
    /// <exception cref="TessraxException">TSX1009: there is none.</exception>
    public KeyContent Log =>
        Keys.FirstOrDefault(key => key.Purpose == KeyPurpose.Log)
        ?? throw ErrorCodes.BadValue.Because("a recovery brings no key of the log");

    /// <summary>The new authors, by id.</summary>
    public IEnumerable<KeyContent> Authors => Keys.Where(key => key.Purpose == KeyPurpose.Author);

    /// <summary>Whether every key showed that its holder has it, for this ledger and this very recovery.</summary>
    public bool AreProven(Digest ledger, Digest commitment) =>
        Keys.Count == Proofs.Count
        && Keys.Zip(Proofs)
            .All(pair =>
                pair.First.Verifier.Key.VerifyText(KeyProof.Recovery(ledger, pair.First, commitment), pair.Second)
            );

    /// <summary>The state with the keys that come and without those that go.</summary>
    /// <param name="state">The state before.</param>
    /// <param name="commitment">The hash of the recovery key that is used.</param>
    /// <param name="index">Where the recovery stands, or would.</param>
    /// <exception cref="TessraxException">TSX1006, TSX1009: they do not fit this ledger; TSX4040: a proof does not hold.</exception>
    internal GovernanceState Apply(GovernanceState state, Digest commitment, long index)
    {
        if (SuspectFrom > index)
            throw ErrorCodes.BadValue.Because($"suspect_from must be at most {index}");
        KeyRules.RequireLogKey(state, Log.Verifier);
        foreach (KeyContent key in Keys)
            KeyRules.RequireNew(state, key);
        if (!AreProven(state.Ledger, commitment))
            throw ErrorCodes.PossessionNotProven.Because(
                "a key that the recovery brings was not shown to be anybody's"
            );
        return KeyRules.With(
            state,
            [.. Ended(state, index + 1), .. Keys.Select(key => key.From(index + 1))],
            isRecovery: true
        );
    }

    internal (string Name, JsonValue? Value)[] Members() =>
        [
            (Names[0], JsonValue.Of(Keys.Select(key => key.ToJson()))),
            (Names[1], JsonValue.Of(Proofs.Select(JsonValue.String))),
            (Names[2], JsonValue.Of(Retire.Select(id => JsonValue.String(id.ToString())))),
            (Names[3], JsonValue.Number(SuspectFrom)),
        ];

    /// <summary>Reads these members of an object that has others.</summary>
    /// <exception cref="TessraxException">TSX1006 to TSX1010: not of that form.</exception>
    internal static RecoveryTerms Read(ObjectReader reader)
    {
        var terms = new RecoveryTerms(
            [.. reader.Array(Names[0], MaxKeys).Select(item => KeyContent.FromJson(item.Value, item.Path))],
            [.. reader.Array(Names[1], MaxKeys).Select(Signature)],
            [.. reader.Array(Names[2], KeyRules.MaxKeys).Select(KeyRules.ReadId)],
            reader.Integer(Names[3])
        );
        terms.Check(reader);
        return terms;
    }

    private void Check(ObjectReader reader)
    {
        Digest[] ids = [.. Keys.Select(key => key.Id)];
        if (!KeyRules.IsSorted(ids) || ids.Distinct().Count() != ids.Length)
            throw reader.Fault(Names[0], "must be sorted by key id, each key once");
        if (Keys.Count(key => key.Purpose == KeyPurpose.Log) != 1 || !Authors.Any())
            throw reader.Fault(Names[0], "must be exactly one key of the log and at least one of an author");
        if (Keys.Any(key => key.Purpose is KeyPurpose.Recovery or KeyPurpose.Witness or KeyPurpose.Access))
            throw reader.Fault(Names[0], "must be keys of the log, of authors and of approvers");
        if (Proofs.Count != Keys.Count)
            throw reader.Fault(Names[1], $"must be {Keys.Count}, one for each key");
        if (!KeyRules.IsSorted(Retire) || Retire.Distinct().Count() != Retire.Count)
            throw reader.Fault(Names[2], "must be sorted, each key once");
        if (Retire.Intersect(ids).Any())
            throw reader.Fault(Names[2], "must name other keys than those that come");
    }

    private static string Signature((JsonValue Value, string Path) item)
    {
        bool isText = item.Value.Kind == JsonKind.String;
        return isText && Base64Text.Holds(item.Value.AsString(), KeyProof.SignatureBytes)
            ? item.Value.AsString()
            : throw ErrorCodes.BadValue.Because($"{item.Path} must be {KeyProof.SignatureBytes} bytes in base64");
    }

    // The log's keys, those that are named, and whatever came while somebody else may have signed.
    private IEnumerable<LedgerKey> Ended(GovernanceState state, long until)
    {
        foreach (Digest id in Retire)
        {
            if (state.Key(id) is not { Purpose: KeyPurpose.Author or KeyPurpose.Approver })
                throw ErrorCodes.BadValue.Because($"the ledger knows no author and no approver {id}, to retire it");
        }
        HashSet<Digest> named = [.. Retire];
        return state
            .Keys.Where(key => key.Purpose == KeyPurpose.Log || named.Contains(key.Id) || key.From > SuspectFrom)
            .Select(key => End(key, until));
    }

    private LedgerKey End(LedgerKey key, long until)
    {
        long from = Math.Max(key.From, SuspectFrom);
        if (key.Ending is not { } ending)
            return key with { Ending = new KeyEnding(until, KeyEnd.Recovered, from) };
        // One that ended before it was suspect stays as it is, and what is suspect already does not become less so.
        return from < (ending.SuspectFrom ?? ending.Until)
            ? key with
            {
                Ending = ending with { Cause = KeyEnd.Recovered, SuspectFrom = from },
            }
            : key;
    }
}
