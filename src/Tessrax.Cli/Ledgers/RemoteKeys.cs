using Tessrax.Canonical;
using Tessrax.Client;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Cli.Ledgers;

/// <summary>The keys of a ledger behind a server, each held to the entry that made it one and to the entry that ended it. That no other entry changed anything, is the server's word.</summary>
internal sealed class RemoteKeys(RemoteLedger there)
{
    /// <summary>What whoever is told of them is to know.</summary>
    public const string Word = "that no other entry made, changed or ended a key is the server's word";

    // Far more than the keys of any ledger, and few enough to hold.
    private const int Most = 100_000;

    /// <summary>All that the ledger knows, with what the server tells of each.</summary>
    /// <exception cref="TessraxException">TSX6040: an entry does not say what the server says.</exception>
    public IReadOnlyList<(LedgerKey Key, JsonValue Told)> All()
    {
        ServerWord word = there.Tell("v1/keys");
        (LedgerKey Key, JsonValue Told)[] all = word.Read(told =>
            told.Array("keys", Most).Select(one => (Read(new ObjectReader(one.Value, one.Path)), one.Value)).ToArray()
        );
        var entries = new Dictionary<long, Entry>();
        foreach ((LedgerKey key, _) in all)
        {
            RequireMade(key, EntryAt(Math.Max(key.From - 1, 0)));
            if (key.Ending is { } ending)
                RequireEnded(key, EntryAt(Math.Max(ending.Until - 1, 0)));
        }
        return all;

        Entry EntryAt(long index)
        {
            if (!entries.TryGetValue(index, out Entry? entry))
                entries[index] = entry = there.Found(index).Entry;
            return entry;
        }
    }

    private static LedgerKey Read(ObjectReader told)
    {
        if (!KeyPurposes.TryParse(told.String("purpose"), out KeyPurpose purpose))
            throw told.Fault("purpose", "is not a purpose");
        if (!VerifierKey.TryParse(told.String("vkey"), out VerifierKey? verifier))
            throw told.Fault("vkey", "is not a vkey");
        string[] roles = [.. told.Array("roles", Most).Select(role => role.Value.AsString())];
        return new LedgerKey(told.String("name"), purpose, verifier, roles, told.Integer("from"))
        {
            Person = told.OptionalString("person"),
            Ending = told.Optional("until") is null ? null : ReadEnding(told),
        };
    }

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

    private static void RequireMade(LedgerKey key, Entry by)
    {
        string vkey = key.Verifier.ToString();
        bool makes = by.Body.Control is { } control && Holders(control, vkey).Any(one => Says(one, key));
        if (!makes)
            throw ErrorCodes.AnswerBroken.Because(
                $"the server says that entry {by.Index} made {vkey} the {key.Purpose.ToText()} key of {key.Name}, and that entry does not"
            );
    }

    // Genesis tells purposes by where a key stands; all others by a member.
    private static bool Says(JsonValue made, LedgerKey key) =>
        (made["name"] is not { } name || name.Equals(key.Name))
        && (made["purpose"] is not { } purpose || purpose.Equals(key.Purpose.ToText()));

    // A recovery names the keys that come, and ends all others.
    private static void RequireEnded(LedgerKey key, Entry by)
    {
        bool ends = by.Body.Event == Events.KeyRecovered || by.Body.Control is { } control && Names(control, key);
        if (!ends)
            throw ErrorCodes.AnswerBroken.Because(
                $"the server says that entry {by.Index} ended the key {key.Verifier}, and that entry does not name it"
            );
    }

    private static bool Names(JsonValue control, LedgerKey key) =>
        Names(control, key.Id.ToString()) || Names(control, key.Verifier.ToString());

    // The objects that have a text as a member.
    private static IEnumerable<JsonValue> Holders(JsonValue value, string text)
    {
        if (value.Kind == JsonKind.Object && value.Names.ToArray().Any(name => value[name]!.Equals(text)))
            return [value];
        IEnumerable<JsonValue> within = value.Kind switch
        {
            JsonKind.Array => value.Items.ToArray(),
            JsonKind.Object => value.Names.ToArray().Select(name => value[name]!),
            _ => [],
        };
        return within.SelectMany(one => Holders(one, text));
    }

    private static bool Names(JsonValue value, string text) =>
        value.Kind switch
        {
            JsonKind.String => value.AsString() == text,
            JsonKind.Array => value.Items.ToArray().Any(item => Names(item, text)),
            JsonKind.Object => value.Names.ToArray().Any(name => Names(value[name]!, text)),
            _ => false,
        };
}
