using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Tessrax.Canonical;
using Xunit;
using JsonValue = Tessrax.Canonical.JsonValue;

namespace Tessrax.Tests.Canonical;

/// <summary>Text is cut into the same words on every machine, as spec/index.md has it.</summary>
public class TextWordsTests
{
    [Fact]
    public void Documents_are_cut_as_the_vectors_have_it()
    {
        JsonArray cases = JsonNode.Parse(File.ReadAllText(Spec.Path("vectors", "words", "words.json")))!.AsArray();
        Assert.True(cases.Count >= 15, $"only {cases.Count} cases");
        foreach (JsonNode? one in cases)
        {
            byte[] content = JsonValue
                .Parse(Encoding.UTF8.GetBytes(one!["content"]?.ToJsonString() ?? "null"))
                .ToCanonicalBytes();
            TextWords words = TextWords.Of(content, (string)one["event"]!);
            Assert.Equal((string)one["words"]!, words.ToString());
            Assert.Equal((int)one["count"]!, words.Count);
            Assert.Equal((bool)one["cut"]!, words.IsCut);
        }
    }

    [Fact]
    public void The_tables_are_those_of_the_vectors()
    {
        Spec.MustHold(Encoding.ASCII.GetBytes(Folding()), "vectors", "words", "folding.txt");
        Spec.MustHold(Ranges(kind => kind != WordKind.None), "vectors", "words", "letters.txt");
        Spec.MustHold(Ranges(kind => kind == WordKind.Mark), "vectors", "words", "marks.txt");
        Spec.MustHold(Ranges(kind => kind == WordKind.Other), "vectors", "words", "others.txt");
    }

    // The tables are Unicode 16.0, as .NET 10 is. Another runtime knows fewer characters, or more; where it disagrees on one that both know, words
    // need a new version, and indexes are made anew.
    [Fact]
    public void The_tables_are_those_of_the_runtime_but_for_characters_of_another_Unicode()
    {
        int others = 0;
        foreach (Rune rune in AllRunes())
        {
            UnicodeCategory category = Rune.GetUnicodeCategory(rune);
            if (WordKinds.Of(rune.Value) == KindOf(category))
                continue;
            // U+1171E is one kind of mark up to Unicode 15, and the other since.
            bool isNew =
                category == UnicodeCategory.OtherNotAssigned
                || WordKinds.Of(rune.Value) == WordKind.None
                || rune.Value == 0x1171E;
            Assert.True(isNew, $"U+{rune.Value:X4} is {category}, not {WordKinds.Of(rune.Value)}");
            others++;
        }
        if (Environment.Version.Major == 10)
            Assert.Equal(0, others);
        TestContext.Current.SendDiagnosticMessage("{0} characters are of another Unicode", others);
    }

    // .NET 9 does not know the first as letters, .NET 11 knows the others as such.
    [Fact]
    public void Letters_of_Unicode_16_make_words_and_those_of_17_end_them_on_every_runtime() =>
        Assert.Equal(
            "\uA7DB\u0264 \U00010D70 a b",
            TextWords.Of("\uA7DA\uA7CB \U00010D50 a\uA7D2b\U00016EA0").ToString()
        );

    [Fact]
    public void Small_letters_are_those_of_the_runtime_where_no_mark_is_taken_away()
    {
        foreach (Rune rune in AllRunes())
        {
            Rune small = Rune.ToLowerInvariant(rune);
            int folded = WordFolding.Fold(rune.Value);
            // The letters that lose marks are in no range but these.
            if (folded != small.Value && !IsNews(rune.Value, small.Value))
                Assert.True(
                    rune.Value is (>= 0xC0 and <= 0x4FF) or (>= 0x1E00 and <= 0x1FFF) or 0x2126 or 0x212B,
                    $"U+{rune.Value:X4}"
                );
        }
    }

    [Fact]
    public void Small_letters_that_keep_their_marks_are_those_of_the_runtime()
    {
        for (int value = 0; value <= char.MaxValue; value++)
        {
            char small = char.ToLowerInvariant((char)value);
            if (WordFolding.Small((char)value) != small && !IsNews(value, small))
                Assert.Fail($"U+{value:X4}");
        }
    }

    [Fact]
    public void Folding_twice_is_folding_once() =>
        Assert.All(
            AllRunes(),
            rune => Assert.Equal(WordFolding.Fold(rune.Value), WordFolding.Fold(WordFolding.Fold(rune.Value)))
        );

    [Fact]
    public void Words_of_words_are_the_same_words() =>
        Gen.String.Sample(text =>
        {
            string words = TextWords.Of(Whole(text)).ToString();
            Assert.Equal(words, TextWords.Of(words).ToString());
            Assert.All(
                words.Split(' '),
                word => Assert.InRange(Encoding.UTF8.GetByteCount(word), 0, TextWords.MaxWordBytes)
            );
        });

    [Fact]
    public void A_phrase_is_found_where_its_words_stand_side_by_side_and_nowhere_else()
    {
        string[] vocabulary = ["a", "b", "ab", "abc", "é", "漢"];
        Gen<string> word = Gen.Int[0, vocabulary.Length - 1].Select(i => vocabulary[i]);
        Gen.Select(word.Array[0, 12], word.Array[1, 3], Gen.Bool)
            .Sample(
                (text, phrase, isPrefix) =>
                {
                    string[] words = TextWords
                        .Of(string.Join(' ', text))
                        .ToString()
                        .Split(' ', StringSplitOptions.RemoveEmptyEntries);
                    string[] sought = TextWords.Of(string.Join(' ', phrase)).ToString().Split(' ');
                    int expected = Enumerable
                        .Range(0, Math.Max(0, words.Length - sought.Length + 1))
                        .Count(at => StandsAt(words, at, sought, isPrefix));
                    TextWords cut = TextWords.Of(string.Join(' ', text));
                    byte[] bytes = Encoding.UTF8.GetBytes(string.Join(' ', sought));
                    Assert.Equal(expected, cut.CountOf(bytes, isPrefix, int.MaxValue));
                    Assert.Equal(expected > 0, cut.Holds(bytes, isPrefix));
                }
            );
    }

    [Fact]
    public void No_phrase_runs_from_one_text_into_the_next()
    {
        TextWords words = TextWords.Of("""["a b","c"]"""u8, "x-d");
        Assert.Equal("a b \u0080 c \u0080 x d", words.ToString());
        Assert.True(words.Holds("a b"u8, false));
        Assert.False(words.Holds("b c"u8, false));
        Assert.False(words.Holds("c x"u8, false));
    }

    [Theory]
    [InlineData(16_379, "x-last", 16_382, false)] // a mark and two words more
    [InlineData(16_381, "x-last", 16_384, false)]
    [InlineData(16_382, "x-last", 16_384, true)]
    [InlineData(16_383, "x-last", 16_383, true)] // no room for a mark and a word
    [InlineData(16_384, "x-last", 16_384, true)]
    [InlineData(16_385, "x-last", 16_384, true)]
    public void What_is_beyond_the_limit_is_left_out_and_told(int words, string name, int kept, bool isCut)
    {
        string text = string.Join(' ', Enumerable.Range(0, words));
        TextWords cut = TextWords.Of(JsonValue.String(text).ToCanonicalBytes(), name);
        Assert.Equal(kept, cut.Count);
        Assert.Equal(kept, cut.ToString().Split(' ').Length);
        Assert.Equal(isCut, cut.IsCut);
    }

    private static bool StandsAt(string[] words, int at, string[] sought, bool isPrefix)
    {
        for (int i = 0; i < sought.Length; i++)
        {
            bool mayBegin = isPrefix && i == sought.Length - 1;
            string word = words[at + i];
            if (mayBegin ? !word.StartsWith(sought[i], StringComparison.Ordinal) : word != sought[i])
                return false;
        }
        return true;
    }

    // Half surrogate pairs become U+FFFD, as no text that is read holds any.
    private static string Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static IEnumerable<Rune> AllRunes() =>
        Enumerable.Range(0, 0x110000).Where(Rune.IsValid).Select(value => new Rune(value));

    private static string Folding() =>
        string.Concat(
            AllRunes()
                .Where(rune => WordFolding.Fold(rune.Value) != rune.Value)
                .Select(rune =>
                    string.Create(CultureInfo.InvariantCulture, $"{rune.Value:X4} {WordFolding.Fold(rune.Value):X4}\n")
                )
        );

    // Capitals of Unicode 16.0 where the runtime, or the ICU that it asks for them, is older; and those that are younger than our tables.
    private static bool IsNews(int capital, int small) =>
        WordKinds.Of(capital) == WordKind.None
            ? WordFolding.Fold(capital) == capital
            : small == capital
                && capital is 0x1C89 or 0xA7CB or 0xA7CC or 0xA7DA or 0xA7DC or (>= 0x10D50 and <= 0x10D65);

    private static WordKind KindOf(UnicodeCategory category) =>
        category switch
        {
            <= UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber => WordKind.Letter,
            UnicodeCategory.NonSpacingMark => WordKind.Mark,
            UnicodeCategory.SpacingCombiningMark or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber =>
                WordKind.Other,
            _ => WordKind.None,
        };

    private static byte[] Ranges(Func<WordKind, bool> isIn)
    {
        var text = new StringBuilder();
        int first = -1;
        for (int value = 0; value <= 0x110000; value++)
        {
            bool isInside = value < 0x110000 && isIn(WordKinds.Of(value));
            if (isInside && first < 0)
                first = value;
            if (isInside || first < 0)
                continue;
            text.Append(CultureInfo.InvariantCulture, $"{first:X4}");
            if (value - 1 > first)
                text.Append(CultureInfo.InvariantCulture, $"-{value - 1:X4}");
            text.Append('\n');
            first = -1;
        }
        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
