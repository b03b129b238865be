using Tessrax.Canonical;

namespace Tessrax.Keys;

/// <summary>What a key is for. A key has one purpose, once, for ever.</summary>
public enum KeyPurpose
{
    /// <summary>Signs checkpoints.</summary>
    Log,

    /// <summary>Signs entries.</summary>
    Author,

    /// <summary>Signs approvals.</summary>
    Approver,

    /// <summary>Replaces a lost or stolen log key.</summary>
    Recovery,

    /// <summary>Cosigns checkpoints of other logs.</summary>
    Witness,

    /// <summary>Signs requests to servers. No ledger knows such a key.</summary>
    Access,
}

/// <summary>The text forms of <see cref="KeyPurpose"/>: log, author, approver, recovery, witness, access.</summary>
public static class KeyPurposes
{
    /// <summary>Every text form, in the order of the enumeration.</summary>
    public static IReadOnlyList<string> All { get; } = ["log", "author", "approver", "recovery", "witness", "access"];

    /// <summary>The text form.</summary>
    public static string ToText(this KeyPurpose purpose) => EnumWords.Of(All, (int)purpose);

    /// <summary>Reads a text form, and nothing else.</summary>
    public static bool TryParse(string text, out KeyPurpose purpose)
    {
        for (int i = 0; i < All.Count; i++)
        {
            if (All[i] != text)
                continue;
            purpose = (KeyPurpose)i;
            return true;
        }
        purpose = default;
        return false;
    }

    /// <summary>Reads a text form.</summary>
    /// <exception cref="TessraxException">TSX1009: anything else.</exception>
    public static KeyPurpose Parse(string text) =>
        TryParse(text, out KeyPurpose purpose)
            ? purpose
            : throw ErrorCodes.BadValue.Because(
                $"'{text}' is not the purpose of a key",
                $"it is one of: {string.Join(", ", All)}"
            );
}
