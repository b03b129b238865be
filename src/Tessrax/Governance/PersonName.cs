namespace Tessrax.Governance;

/// <summary>The name of a person who holds keys. Two keys are one person's if the texts are equal, so a text that is written in two ways must not
/// pass for two persons.</summary>
/// <remarks>A fixed table, not the platform's categories: its answer must be the same everywhere and for ever. Names that merely look alike are
/// warned of, and never merged.</remarks>
internal static class PersonName
{
    // First and last of each range: what is not seen, what is white but no space, and accents that stand apart from their letter.
    private const string Refused =
        "\u007F\u00A0\u00AD\u00AD\u0300\u036F\u0600\u0605\u061C\u061C\u06DD\u06DD\u070F\u070F\u08E2\u08E2\u115F\u1160"
        + "\u1680\u1680\u180B\u180F\u1AB0\u1AFF\u1DC0\u1DFF\u2000\u200F\u2028\u202F\u205F\u206F\u20D0\u20FF\u2800\u2800"
        + "\u3000\u3000\u3164\u3164\uE000\uF8FF\uFE00\uFE0F\uFE20\uFE2F\uFEFF\uFEFF\uFFA0\uFFA0\uFFF0\uFFFB";

    // High halves of the planes for tags, variation selectors and private use.
    private const char FirstHidden = '\uDB40';
    private const char LastHidden = '\uDBFF';

    /// <summary>Whether it has one spelling: 1 character or more, single spaces between words and no other white space, nothing that is not seen.</summary>
    public static bool IsPlain(string name)
    {
        for (int i = 0; i < name.Length; i++)
        {
            bool isStray = name[i] == ' ' && (i == 0 || i == name.Length - 1 || name[i - 1] == ' ');
            if (isStray || name[i] < ' ' || name[i] is >= FirstHidden and <= LastHidden || IsRefused(name[i]))
                return false;
        }
        return name.Length > 0;
    }

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
