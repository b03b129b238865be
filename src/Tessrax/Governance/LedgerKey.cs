using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;

namespace Tessrax.Governance;

/// <summary>One key that the ledger knows. It stays known when it may sign no more.</summary>
/// <param name="Name">Its holder's name, for people.</param>
/// <param name="Purpose">The one thing it may do, for ever.</param>
/// <param name="Verifier">Name, algorithm and public key.</param>
/// <param name="Roles">The roles of an approver, sorted; empty for other purposes.</param>
/// <param name="From">The first index that it may sign.</param>
public sealed record LedgerKey(
    string Name,
    KeyPurpose Purpose,
    VerifierKey Verifier,
    IReadOnlyList<string> Roles,
    long From
)
{
    public Digest Id => Verifier.Key.Id;

    /// <summary>Who holds it; two keys of one person count once. Null if nobody said, and then the key counts for itself.</summary>
    public string? Person { get; init; }

    /// <summary>How it ended; null as long as it may sign.</summary>
    public KeyEnding? Ending { get; init; }

    /// <summary>Whether it may sign what comes next.</summary>
    public bool IsActive => Ending is null;

    internal JsonValue ToJson() =>
        JsonValue.Object(
            ("id", Id.ToString()),
            ("name", Name),
            ("person", Person is null ? null : JsonValue.String(Person)),
            ("purpose", KeyPurposes.ToText(Purpose)),
            ("vkey", Verifier.ToString()),
            ("roles", JsonValue.Of(Roles.Select(JsonValue.String))),
            ("from", From),
            ("until", Ending is null ? null : JsonValue.Number(Ending.Until)),
            ("ended", Ending is null ? null : JsonValue.String(Ending.CauseText)),
            ("suspect_from", Ending?.SuspectFrom is { } suspect ? JsonValue.Number(suspect) : null)
        );

    internal static LedgerKey Read(ObjectReader reader)
    {
        KeyContent content = KeyContent.ReadMembers(reader);
        LedgerKey key = content.From(reader.Integer("from")) with { Ending = KeyEnding.Read(reader) };
        reader.End();
        return key;
    }
}

/// <summary>Why a key may sign no more.</summary>
public enum KeyEnd
{
    /// <summary>Another key took its place.</summary>
    Rotated,

    /// <summary>It is needed no longer.</summary>
    Retired,

    /// <summary>Nobody has it any more.</summary>
    Lost,

    /// <summary>Somebody has it who should not.</summary>
    Compromised,

    /// <summary>Its holder is an approver no more.</summary>
    Removed,

    /// <summary>The ledger's keys were replaced because they were lost or stolen.</summary>
    Recovered,
}

/// <summary>The end of a key.</summary>
/// <param name="Until">The first index that it may not sign any more.</param>
/// <param name="Cause">Why.</param>
/// <param name="SuspectFrom">What it signed at this index or later is suspect; null unless it was compromised or recovered.</param>
public sealed record KeyEnding(long Until, KeyEnd Cause, long? SuspectFrom)
{
    private static readonly string[] Causes = ["rotated", "retired", "lost", "compromised", "removed", "recovered"];

    /// <summary>The cause as written.</summary>
    public string CauseText => EnumWords.Of(Causes, (int)Cause);

    internal static KeyEnding? Read(ObjectReader reader)
    {
        if (reader.Optional("until") is null)
            return null;
        var cause = (KeyEnd)Array.IndexOf(Causes, reader.OneOf("ended", Causes));
        long? suspect = cause is KeyEnd.Compromised or KeyEnd.Recovered ? reader.Integer("suspect_from") : null;
        return new KeyEnding(reader.Integer("until"), cause, suspect);
    }
}
