using System.Globalization;
using System.Text;

namespace Tessrax.Node.Wording;

/// <summary>Makes a stranger's text harmless to whoever looks at it: what a terminal would obey, reorder or not show at all stands there escaped.</summary>
/// <remarks>Escaped as <c>\u{XXXX}</c> are controls (C0, DEL, C1), format characters (bidirectional marks, zero widths, tags: Unicode TR36, section 3.6), line and paragraph
/// separators, lone surrogates, what is not assigned or private, whatever else is invisible or blank (every space but the common one, too), and from the ninth on marks that pile up on
/// one letter. A mark that has no letter to stand on gets U+25CC. Cleaning twice changes nothing.</remarks>
public static class Sanitizer
{
    private const int MostMarks = 8;
    private const char DottedCircle = '\u25CC';
    private const char FirstStrongIsolate = '\u2068';
    private const char PopIsolate = '\u2069';

    /// <summary>The text with U+FFFD where half of a surrogate pair stands, as JSON needs it: a message may quote whatever was read.</summary>
    public static string WellFormed(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return string.Concat(text.EnumerateRunes().Select(static rune => rune.ToString()));
    }

    /// <summary>The text, harmless.</summary>
    public static string Clean(string text) => Clean(text, isJson: false);

    /// <summary>The same for a JSON string: escaped as JSON escapes, so that it stays one.</summary>
    public static string CleanJson(string text) => Clean(text, isJson: true);

    private static string Clean(string text, bool isJson)
    {
        if (text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0)
            return text;
        var shown = new StringBuilder(text.Length + 16);
        int marks = 0;
        for (int i = 0; i < text.Length; )
        {
            if (
                Rune.DecodeFromUtf16(text.AsSpan(i), out Rune rune, out int length)
                != System.Buffers.OperationStatus.Done
            )
            {
                Escape(shown, text[i++], isJson);
                marks = 0;
                continue;
            }
            i += length;
            bool isShown = IsShown(rune);
            marks = isShown && IsMark(rune) ? marks + 1 : 0;
            if (marks > 0 && shown.Length == 0)
                shown.Append(DottedCircle);
            if (marks > MostMarks || !isShown)
                Escape(shown, rune.Value, isJson);
            else
                shown.Append(rune.ToString());
        }
        return shown.ToString();
    }

    /// <summary>The same where a terminal reorders letters that are read from right to left: they are kept from reordering what stands beside them (UAX 9, section 2.4).</summary>
    public static string Isolate(string clean) =>
        IsReordered(clean) ? $"{FirstStrongIsolate}{clean}{PopIsolate}" : clean;

    private static void Escape(StringBuilder shown, int value, bool isJson)
    {
        if (!isJson)
            shown.Append(CultureInfo.InvariantCulture, $"\\u{{{value:X4}}}");
        else if (value <= char.MaxValue)
            shown.Append(CultureInfo.InvariantCulture, $"\\u{value:x4}");
        else
            foreach (char half in char.ConvertFromUtf32(value))
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)half:x4}");
    }

    /// <summary>Whether a character stands on the letter before it.</summary>
    public static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.EnclosingMark
                or UnicodeCategory.SpacingCombiningMark
        || TextWidth.IsDrawnIntoSyllable(rune);

    private static bool IsShown(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
            )
        && !IsBlank(rune.Value)
        && (rune.Value == ' ' || Rune.GetUnicodeCategory(rune) != UnicodeCategory.SpaceSeparator);

    // Letters, marks and symbols by their category that show nothing. What has Default_Ignorable_Code_Point (Unicode, DerivedCoreProperties.txt) and no category that says so:
    // the grapheme joiner, fillers of Hangul, inherent vowels of Khmer, selectors of variants. And what is drawn empty: Braille without a dot, a note without a head, blanks of two scripts.
    private static bool IsBlank(int value) =>
        value
            is 0x034F
                or (0x115F or 0x1160 or 0x3164 or 0xFFA0)
                or (0x17B4 or 0x17B5)
                or (>= 0x180B and <= 0x180F)
                or (>= 0xFE00 and <= 0xFE0F)
                or (>= 0xE0000 and <= 0xE0FFF)
                or 0x2800
                or 0x1D159
                or 0x16FE4
                or (0x13441 or 0x13442);

    // The blocks whose letters and digits are of the classes R, AL and AN.
    private static bool IsReordered(string text)
    {
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool reorders =
                rune.Value
                is (>= 0x0590 and <= 0x08FF)
                    or (>= 0xFB1D and <= 0xFDFF)
                    or (>= 0xFE70 and <= 0xFEFF)
                    or (>= 0x10800 and <= 0x10FFF)
                    or (>= 0x1E800 and <= 0x1EFFF);
            if (reorders)
                return true;
        }
        return false;
    }
}
