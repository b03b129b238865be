using System.Globalization;
using Tessrax.Verification.Search;

namespace Tessrax.Node.Tests.Search;

/// <summary>Queries of every form over given words, values and times.</summary>
internal sealed class RandomQueries(
    int seed,
    IReadOnlyList<string> words,
    IReadOnlyList<(string Field, string Value)> values,
    int size
)
{
    private readonly Random random = new(seed);

    /// <summary>Where entries may have been recorded.</summary>
    public DateTimeOffset Begin { get; init; } = DateTimeOffset.UnixEpoch;

    public TimeSpan Length { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Whether they ask for words alone.</summary>
    public bool OnlyTexts { get; init; }

    public Query Next()
    {
        while (true)
        {
            string text = Or(3);
            try
            {
                return Query.Parse(text);
            }
            catch (TessraxException e)
                when (e.Code == ErrorCodes.BadQuery
                    && (
                        e.Message.Contains("letters", StringComparison.Ordinal)
                        || e.Message.Contains("no event", StringComparison.Ordinal)
                    )
                )
            {
                // A word of two letters with a star, or one without a letter; a name that no event has.
            }
        }
    }

    private string Or(int depth) => random.Next(3) == 0 ? $"{And(depth)} OR {And(depth)}" : And(depth);

    private string And(int depth) =>
        string.Join(
            random.Next(2) == 0 ? " " : " AND ",
            Enumerable.Range(0, random.Next(1, 4)).Select(_ => Unary(depth))
        );

    private string Unary(int depth) => random.Next(5) == 0 ? $"NOT {Primary(depth)}" : Primary(depth);

    private string Primary(int depth) =>
        random.Next(10) switch
        {
            0 or 1 when depth > 0 => $"({Or(depth - 1)})",
            _ when OnlyTexts => Text(),
            2 => $"index:{random.Next(size)}..{size + random.Next(size)}",
            3 => $"index:{(random.Next(2) == 0 ? ">" : "<=")}{random.Next(size)}",
            4 => $"epoch:{(random.Next(2) == 0 ? ">=" : "<=")}{random.Next(3)}",
            5 => $"{(random.Next(2) == 0 ? "after" : "before")}:{Moment()}",
            6 or 7 => Text(),
            _ => Field(),
        };

    private string Text()
    {
        int count = random.Next(4) == 0 ? 2 : 1;
        string phrase = string.Join(' ', Enumerable.Range(0, count).Select(_ => words[random.Next(words.Count)]));
        return $"\"{phrase}\"{(random.Next(4) == 0 ? "*" : "")}";
    }

    private string Field()
    {
        (string field, string value) = values[random.Next(values.Count)];
        bool isPrefix =
            random.Next(4) == 0
            && value.Length > 1
            && field != "severity"
            && !char.IsSurrogate(value[value.Length / 2]);
        string said = isPrefix ? value[..(value.Length / 2)] : value;
        string quoted = said.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal);
        return $"{field}:\"{quoted}\"{(isPrefix && !char.IsHighSurrogate(said[^1]) ? "*" : "")}";
    }

    private string Moment() =>
        (Begin + Length * random.NextDouble()).UtcDateTime.ToString(
            "yyyy-MM-ddTHH:mm:ss.ffffffZ",
            CultureInfo.InvariantCulture
        );
}
