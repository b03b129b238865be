using System.Globalization;

namespace Tessrax.Bench;

/// <summary>Reads the arguments of a run: options, each of which says what becomes of it.</summary>
internal sealed class RunArguments
{
    private readonly Dictionary<string, Action> flags = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Func<string, bool>> options = new(StringComparer.Ordinal);

    /// <summary>An option without a value.</summary>
    public RunArguments Flag(string name, Action given)
    {
        flags.Add(name, given);
        return this;
    }

    /// <summary>An option whose value is a number, not less than <paramref name="least"/>.</summary>
    public RunArguments Number(string name, int least, Action<int> given)
    {
        options.Add(
            name,
            value =>
            {
                if (!int.TryParse(value, CultureInfo.InvariantCulture, out int number) || number < least)
                    return false;
                given(number);
                return true;
            }
        );
        return this;
    }

    /// <summary>An option whose value is a text: one of <paramref name="words"/>, or any if there are none.</summary>
    public RunArguments Text(string name, Action<string> given, params string[] words)
    {
        options.Add(
            name,
            value =>
            {
                if (words.Length > 0 && !words.Contains(value))
                    return false;
                given(value);
                return true;
            }
        );
        return this;
    }

    /// <summary>Reads them all.</summary>
    /// <returns>False if one is unknown, or its value is missing or none that it takes.</returns>
    public bool Read(string[] args)
    {
        for (int i = 0; i < args.Length; i++)
        {
            if (flags.TryGetValue(args[i], out Action? given))
                given();
            else if (
                i + 1 == args.Length
                || !options.TryGetValue(args[i], out Func<string, bool>? take)
                || !take(args[++i])
            )
                return false;
        }
        return true;
    }
}
