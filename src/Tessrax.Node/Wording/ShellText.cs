using System.Buffers;
using System.Globalization;

namespace Tessrax.Node.Wording;

/// <summary>Commands that are proposed to people: whatever stands in them, a POSIX shell takes it for what it is (IEEE Std 1003.1, Shell Command Language, 2.2.2).</summary>
public static class ShellText
{
    // What no shell gives a meaning to, wherever in a word it stands.
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+:,./-="
    );

    /// <summary>A command, or a sentence with one, each of whose values is one word to a shell.</summary>
    public static string Of(FormattableString command)
    {
        ArgumentNullException.ThrowIfNull(command);
        object[] words = Array.ConvertAll(
            command.GetArguments(),
            static object (value) => Word(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")
        );
        return string.Format(CultureInfo.InvariantCulture, command.Format, words);
    }

    /// <summary>One word: as it is where that is safe, and in single quotes otherwise. No program takes it for an option.</summary>
    public static string Word(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        // What begins with a hyphen is a relative path: nothing else that is put into commands does.
        string word = value.StartsWith('-') ? "./" + value : value;
        return word.Length > 0 && !word.AsSpan().ContainsAnyExcept(Plain)
            ? word
            : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
    }
}
