using System.Globalization;

namespace Tessrax.Keys;

/// <summary>Where a key lies below a seed (SLIP-0010): numbers, all of them hardened, since Ed25519 has no other.</summary>
/// <remarks>
/// The keys of Tessrax lie at <c>m/5526360'/purpose'/ledger'/generation'</c>. 5526360 is 0x545358, "TSX"; the purpose is 0 for
/// log, 1 author, 2 approver, 3 recovery, 4 witness; the ledger is which of the ledgers of one seed, from 0 on; and the
/// generation counts the keys that followed one another there, from 0 on.
/// </remarks>
/// <example><c>m/5526360'/0'/0'/0'</c>: the first log key of the first ledger.</example>
public sealed class DerivationPath
{
    // As many as BIP-32 counts.
    internal const int MaxDepth = 255;

    private const int Root = 0x545358;

    private readonly int[] indexes;

    private DerivationPath(int[] indexes) => this.indexes = indexes;

    /// <summary>The numbers without the hardening bit, 0 to 2^31 - 1.</summary>
    public IReadOnlyList<int> Indexes => indexes;

    /// <summary>Where a key of Tessrax lies.</summary>
    /// <param name="purpose">What the key is for.</param>
    /// <param name="ledger">Which ledger of the seed's, from 0 on.</param>
    /// <param name="generation">Which key after another, from 0 on.</param>
    public static DerivationPath Of(KeyPurpose purpose, int ledger, int generation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ledger);
        ArgumentOutOfRangeException.ThrowIfNegative(generation);
        // The purpose's place in the enumeration is part of the format.
        return new DerivationPath([Root, (int)purpose, ledger, generation]);
    }

    /// <summary>Reads <c>m</c> and at most 255 times <c>/number'</c>, in exactly the form of <see cref="ToString"/>.</summary>
    /// <exception cref="TessraxException">TSX1009: anything else.</exception>
    public static DerivationPath Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split('/', MaxDepth + 2);
        if (parts.Length > MaxDepth + 1)
            throw ErrorCodes.BadValue.Because($"a derivation path has at most {MaxDepth} numbers");
        var indexes = new int[parts.Length - 1];
        for (int i = 0; i < indexes.Length; i++)
            indexes[i] = Number(parts[i + 1]);
        return parts[0] == "m" ? new DerivationPath(indexes) : throw Malformed();
    }

    /// <summary>For example <c>m/44'/0'</c>; <c>m</c> is the seed's own key.</summary>
    public override string ToString() => string.Concat(["m", .. indexes.Select(index => $"/{index}'")]);

    private static int Number(string part)
    {
        bool isNumber = int.TryParse(
            part.AsSpan().TrimEnd('\''),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out int number
        );
        return isNumber && part == $"{number}'" ? number : throw Malformed();
    }

    private static TessraxException Malformed() =>
        ErrorCodes.BadValue.Because(
            "that is not a derivation path of Ed25519 keys",
            "it reads m/1'/2': numbers below 2147483648, each with an apostrophe, since Ed25519 has hardened keys only"
        );
}
