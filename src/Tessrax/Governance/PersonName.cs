namespace Tessrax.Governance;

/// <summary>The name of a person who holds keys. Two keys are one person's if the texts are equal, so a text that is written in two ways must not
/// pass for two persons.</summary>
/// <remarks>A fixed table, not the platform's categories: its answer must be the same everywhere and for ever. Names that merely look alike are
/// warned of, and never merged.</remarks>
internal static class PersonName
{
    // First and last of each range: what is not seen, what is white but no space, and accents and letters' parts that stand apart from their letter, and signs that are another letter written twice.
    private const string Refused =
        "\u007F\u00A0\u00AD\u00AD\u0300\u036F\u0600\u0605\u061C\u061C\u06DD\u06DD\u070F\u070F\u08E2\u08E2\u1100\u11FF"
        + "\u1680\u1680\u17B4\u17B5\u180B\u180F\u1AB0\u1AFF\u1DC0\u1DFF\u2000\u200F\u2028\u202F\u205F\u206F\u20D0\u20FF\u2126\u2126\u212A\u212B\u2800\u2800"
        + "\u3000\u3000\u3099\u309A\u3164\u3164\uE000\uF8FF\uFE00\uFE0F\uFE20\uFE2F\uFEFF\uFEFF\uFFA0\uFFA0\uFFF0\uFFFB";

    // High halves of what lies hidden among other planes: controls of shorthand and of music.
    private const string HiddenAmong = "\uD82F\uD834";

    // High halves of the planes for tags, variation selectors and private use.
    private const char FirstHidden = '\uDB40';
    private const char LastHidden = '\uDBFF';

    /// <summary>Whether it has one spelling: 1 character or more, single spaces between words and no other white space, nothing that is not seen.</summary>
    public static bool IsPlain(string name)
    {
        for (int i = 0; i < name.Length; i++)
        {
            bool isStray = name[i] == ' ' && (i == 0 || i == name.Length - 1 || name[i - 1] == ' ');
            if (
                isStray
                || name[i] < ' '
                || name[i] is >= FirstHidden and <= LastHidden
                || IsHidden(name, i)
                || IsRefused(name[i])
            )
                return false;
        }
        return name.Length > 0;
    }

    // U+1BCA0 to 1BCA3, and U+1D173 to 1D17A.
    private static bool IsHidden(string name, int at) =>
        HiddenAmong.Contains(name[at])
        && at + 1 < name.Length
        && char.IsLowSurrogate(name[at + 1])
        && char.ConvertToUtf32(name[at], name[at + 1]) is (>= 0x1BCA0 and <= 0x1BCA3) or (>= 0x1D173 and <= 0x1D17A);

    private static bool IsRefused(char c)
    {
        for (int i = 0; i < Refused.Length; i += 2)
        {
            if (c >= Refused[i] && c <= Refused[i + 1])
                return true;
        }
        return false;
    }
}
