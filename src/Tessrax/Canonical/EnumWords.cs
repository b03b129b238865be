using System.Runtime.CompilerServices;

namespace Tessrax.Canonical;

/// <summary>The words by which enumerations are written, in the order of their values.</summary>
public static class EnumWords
{
    /// <summary>The word for a value.</summary>
    /// <param name="words">One for each value, from 0 on.</param>
    /// <param name="value">The value, as a number.</param>
    /// <param name="name">What the caller calls it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The enumeration has no such value.</exception>
    public static string Of(
        IReadOnlyList<string> words,
        int value,
        [CallerArgumentExpression(nameof(value))] string name = ""
    ) =>
        value >= 0 && value < words.Count
            ? words[value]
            : throw new ArgumentOutOfRangeException(name, value, "the enumeration has no such value");
}
