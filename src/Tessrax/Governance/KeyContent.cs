using System.Buffers;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>What is said of a key when it enters a ledger; from when on it may sign follows from where that is said.</summary>
/// <remarks><code>{"id":"sha256:…","name":"alice","person":"alice","purpose":"approver","roles":["security"],"vkey":"alice+…"}</code></remarks>
/// <param name="Name">Its holder's name, for people: 1 to 255 characters, none of them a control.</param>
/// <param name="Purpose">The one thing it may do, for ever.</param>
/// <param name="Verifier">Name, algorithm and public key.</param>
/// <param name="Roles">The roles of an approver, sorted, at least one and at most 16; empty for other purposes.</param>
/// <param name="Person">Who holds it, if anybody says; as long as a name, with single spaces and no characters that are not seen.</param>
public sealed record KeyContent(
    string Name,
    KeyPurpose Purpose,
    VerifierKey Verifier,
    IReadOnlyList<string> Roles,
    string? Person = null
)
{
    private const int MaxRoles = 16;

    private static readonly SearchValues<char> RoleCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz0123456789-"
    );

    public Digest Id => Verifier.Key.Id;

    /// <summary>Reads it strictly.</summary>
    /// <exception cref="TessraxException">TSX1007 to TSX1010: not of that form.</exception>
    public static KeyContent FromJson(JsonValue value, string path = "$")
    {
        var reader = new ObjectReader(value, path);
        KeyContent content = ReadMembers(reader);
        reader.End();
        content.Check();
        return content;
    }

    /// <summary>The keys that a control event would enter into the ledger.</summary>
    /// <exception cref="TessraxException">TSX1006 to TSX1010: its content is not of its form.</exception>
    public static IReadOnlyList<KeyContent> EnteredBy(EntryBody body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return body.Event switch
        {
            Events.KeyAdded => [KeyAdded.Read(body).Key],
            Events.KeyRotated => [KeyRotated.Read(body).Key],
            Events.KeyRecovered => KeyRecovered.Read(body).Terms.Keys,
            Events.ApproversChanged => [.. ApproversChanged.Read(body).Add.Select(a => a.Key)],
            _ => [],
        };
    }

    public JsonValue ToJson() =>
        JsonValue.Object(
            ("id", Id.ToString()),
            ("name", Name),
            ("person", Person is null ? null : JsonValue.String(Person)),
            ("purpose", KeyPurposes.ToText(Purpose)),
            ("vkey", Verifier.ToString()),
            ("roles", JsonValue.Of(Roles.Select(JsonValue.String)))
        );

    internal static KeyContent ReadMembers(ObjectReader reader)
    {
        if (!VerifierKey.TryParse(reader.String("vkey"), out VerifierKey? verifier))
            throw reader.Fault("vkey", "is not a vkey");
        if (!KeyPurposes.TryParse(reader.String("purpose"), out KeyPurpose purpose))
            throw reader.Fault("purpose", "is not a purpose");
        var content = new KeyContent(
            reader.String("name", Origins.MaxBytes),
            purpose,
            verifier,
            ReadRoles(reader),
            reader.OptionalString("person", Origins.MaxBytes)
        );
        return reader.Digest("id") == content.Id ? content : throw reader.Fault("id", "is not the id of the vkey");
    }

    internal static IReadOnlyList<string> ReadRoles(ObjectReader reader) =>
        [
            .. reader
                .Array("roles", MaxRoles)
                .Select(item => item.Value.Kind == JsonKind.String ? item.Value.AsString() : ""),
        ];

    /// <summary>What was said of a key of a ledger.</summary>
    public static KeyContent Of(LedgerKey key) => new(key.Name, key.Purpose, key.Verifier, key.Roles, key.Person);

    /// <summary>The key of a ledger that may sign from an index on.</summary>
    internal LedgerKey From(long index) => new(Name, Purpose, Verifier, Roles, index) { Person = Person };

    /// <summary>Refuses what no key in a ledger may be.</summary>
    /// <exception cref="TessraxException">TSX1009.</exception>
    internal void Check()
    {
        if (Verifier.Type != VerifierKey.Ed25519)
            throw ErrorCodes.BadValue.Because($"the vkey of {Name} is of a type for witnesses");
        if (Name.Any(char.IsControl))
            throw ErrorCodes.BadValue.Because("a key's name has a control character");
        if (Person is { } person && !PersonName.IsPlain(person))
            throw ErrorCodes.BadValue.Because(
                $"the person who holds {Name} must have a name of one spelling: words with one space between, and nothing that is not seen"
            );
        if (Purpose == KeyPurpose.Approver)
            CheckRoles(Name, Roles);
        else if (Roles.Count > 0)
            throw NotRoles(Name);
    }

    /// <summary>Refuses what cannot be the roles of an approver.</summary>
    /// <exception cref="TessraxException">TSX1009.</exception>
    internal static void CheckRoles(string name, IReadOnlyList<string> roles)
    {
        bool isSorted = roles.SequenceEqual(roles.Distinct().Order(StringComparer.Ordinal));
        if (roles.Count == 0 || !isSorted || !roles.All(IsRole))
            throw NotRoles(name);
    }

    private static TessraxException NotRoles(string name) =>
        ErrorCodes.BadValue.Because(
            $"the roles of {name} must be sorted, distinct names of a-z, 0-9 and -, and only approvers have any"
        );

    /// <summary>Whether an approver can hold a role of that name.</summary>
    internal static bool IsRole(string role) =>
        role.Length is >= 1 and <= 32
        && char.IsAsciiLetterLower(role[0])
        && !role.AsSpan().ContainsAnyExcept(RoleCharacters);
}
