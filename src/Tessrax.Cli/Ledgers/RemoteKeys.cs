using Tessrax.Canonical;
using Tessrax.Client;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Cli.Ledgers;

/// <summary>The keys of a ledger behind a server, each held to the entry that made it one, to those that changed its roles, and to the one that ended it.</summary>
internal sealed class RemoteKeys(RemoteLedger there)
{
    /// <summary>What whoever is told of them is to know.</summary>
    public const string Word =
        "that no other entry made, changed or ended a key, and what is suspect of one that ended, is the server's word";

    // Far more than the keys of any ledger, and few enough to ask for their entries.
    private const int Most = 10_000;
    private const int MaxRoles = 16;

    private static readonly string[] Members =
    [
        "ledger",
        "name",
        "purpose",
        "person",
        "roles",
        "key",
        "vkey",
        "from",
        "until",
        "ended",
        "suspect_from",
    ];

    private readonly Dictionary<long, Entry> entries = [];

    /// <summary>All that the ledger knows, with what the server tells of each.</summary>
    /// <exception cref="TessraxException">TSX6040: an entry does not say what the server says.</exception>
    public IReadOnlyList<(LedgerKey Key, JsonValue Told)> All()
    {
        ServerWord word = there.Tell("v1/keys");
        (LedgerKey Key, JsonValue Told)[] all = word.Read(told =>
            told.Array("keys", Most)
                .Select(one => (Read(new ObjectReader(one.Value, one.Path)), Known(one.Value)))
                .ToArray()
        );
        if (all.DistinctBy(one => one.Key.Id).Count() < all.Length)
            throw ErrorCodes.AnswerBroken.Because("the server tells of one key twice");
        long size = there.Checkpoint().Head.Size;
        ApproversChanged[] changes =
        [
            .. there.Oldest(1, size, [Events.ApproversChanged]).Select(one => ApproversChanged.Read(one.Entry.Body)),
        ];
        foreach ((LedgerKey key, _) in all)
            Require(key, changes);
        return all;
    }

    private void Require(LedgerKey key, ApproversChanged[] changes)
    {
        Entry by = EntryAt(Math.Max(key.From - 1, 0));
        KeyContent? made = MadeBy(by, key.From == 0).FirstOrDefault(one => one.Id == key.Id);
        IReadOnlyList<string> roles =
            changes.SelectMany(change => change.Roles).LastOrDefault(change => change.Key == key.Id)?.Roles
            ?? made?.Roles
            ?? [];
        if (made is null || !(made with { Roles = roles }).ToJson().Equals(KeyContent.Of(key).ToJson()))
            throw ErrorCodes.AnswerBroken.Because(
                $"the server says that entry {by.Index} made {key.Verifier} the {key.Purpose.ToText()} key of {key.Name}, and that entry does not"
            );
        if (key.Ending is { } ending && !Ends(EntryAt(Math.Max(ending.Until - 1, 0)).Body, key))
            throw ErrorCodes.AnswerBroken.Because(
                $"the server says that entry {ending.Until - 1} ended the key {key.Verifier}, and that entry does not"
            );
    }

    private Entry EntryAt(long index)
    {
        if (!entries.TryGetValue(index, out Entry? entry))
            entries[index] = entry = there.Found(index).Entry;
        return entry;
    }

    private static IEnumerable<KeyContent> MadeBy(Entry entry, bool isFirst) =>
        isFirst ? Genesis.Read(entry.Body).Keys.Select(KeyContent.Of) : KeyContent.EnteredBy(entry.Body);

    private static bool Ends(EntryBody body, LedgerKey key) =>
        body.Event switch
        {
            Events.KeyRotated => KeyRotated.Read(body).Old == key.Id,
            Events.KeyRevoked => KeyRevoked.Read(body).Key == key.Id,
            Events.ApproversChanged => ApproversChanged.Read(body).Remove.Contains(key.Id),
            // It ends the log's keys, those that it names, and all that came while somebody else may have signed.
            Events.KeyRecovered when KeyRecovered.Read(body).Terms is var terms => terms.Keys.All(one =>
                one.Id != key.Id
            ) && (key.Purpose == KeyPurpose.Log || terms.Retire.Contains(key.Id) || key.From > terms.SuspectFrom),
            _ => false,
        };

    // What else a server puts into it is not handed on.
    private static JsonValue Known(JsonValue told) =>
        JsonValue.Object([.. Members.Where(name => told[name] is not null).Select(name => (name, told[name]))]);

    private static LedgerKey Read(ObjectReader told)
    {
        if (!KeyPurposes.TryParse(told.String("purpose"), out KeyPurpose purpose))
            throw told.Fault("purpose", "is not a purpose");
        if (!VerifierKey.TryParse(told.String("vkey"), out VerifierKey? verifier))
            throw told.Fault("vkey", "is not a vkey");
        if (told.Digest("key") != verifier.Key.Id)
            throw told.Fault("key", "is not the id of the vkey");
        return new LedgerKey(told.String("name"), purpose, verifier, ReadRoles(told), told.Integer("from"))
        {
            Person = told.OptionalString("person"),
            Ending = told.Optional("until") is null ? null : ReadEnding(told),
        };
    }

    private static string[] ReadRoles(ObjectReader told) =>
        [
            .. told.Array("roles", MaxRoles)
                .Select(role =>
                    role.Value.Kind == JsonKind.String
                        ? role.Value.AsString()
                        : throw told.Fault("roles", "must be strings")
                ),
        ];

    private static KeyEnding ReadEnding(ObjectReader told)
    {
        if (!Enum.TryParse(told.String("ended"), ignoreCase: true, out KeyEnd cause) || !Enum.IsDefined(cause))
            throw told.Fault("ended", "is not how a key ends");
        return new KeyEnding(
            told.Integer("until"),
            cause,
            told.Optional("suspect_from") is null ? null : told.Integer("suspect_from")
        );
    }
}
