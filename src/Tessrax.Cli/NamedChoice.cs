using Tessrax.Canonical;

namespace Tessrax.Cli;

/// <summary>One of several words that an option or a variable takes.</summary>
internal static class NamedChoice
{
    /// <summary>Which of the words it is.</summary>
    /// <param name="word">What was given.</param>
    /// <param name="words">What may be given.</param>
    /// <param name="says">What is wrong with anything else.</param>
    /// <param name="introduction">What stands before the list of words in the hint.</param>
    /// <exception cref="TessraxException">TSX1012: it is none of them; the hint names the nearest one.</exception>
    public static int IndexOf(string word, IReadOnlyList<string> words, ErrorText says, string introduction)
    {
        for (int i = 0; i < words.Count; i++)
        {
            if (words[i] == word)
                return i;
        }
        string meant = Spelling.Nearest(word, words) is { } near ? $"did you mean {near}? " : "";
        throw ErrorCodes.BadUsage.Because(says, $"{meant}{introduction} {string.Join(", ", words)}");
    }
}
