using System.Buffers;
using System.Globalization;
using System.Text;
using CsCheck;
using Tessrax.Canonical;
using Xunit;

namespace Tessrax.Tests.Canonical;

/// <summary>Held against <see cref="ReferenceJson"/>, byte for byte and code for code.</summary>
public class CanonicalizerTests
{
    // One for each thread that samples, and used again and again.
    private static readonly ThreadLocal<Canonicalizer> Kept = new(() => new Canonicalizer());

    private static readonly string[] Seeds =
    [
        """{"b":[1,2.50,-0,1e21,{"z":null,"a":true}],"a":"x","\u20ac":"\ud83d\ude00","":{}}""",
        """ { "claim_id" : "c-1" , "value" : 6.1 , "context" : { } , "evidence" : [ "https://example.org/1" ] } """,
        """["\u0000\b\t\n\f\r\"\\\/\u007f","é€😀",123456789012345678,0.1e-7,true,false,null]""",
        "{\"\U0001F600\":1,\"\uFB33\":2,\"\\ud83d\\ude00x\":3,\"\\n\":4,\"\\u000a1\":5,\"!\":6,\"\":7}",
        """{"a":{"c":{"e":[[[{"g":1,"f":2}]]],"d":3},"b":4},"B":[],"A":{}}""",
        "[0,-1,10,1.0,100000000000000000000,1e400,5e-324,0.000001,0.0000001,9007199254740993,1E+2]",
    ];

    private static readonly string[] Fragments =
    [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\\u",
        "\\ud83d",
        "\\ude00",
        "\\u0061",
        "\"a\":",
        "\"\\u0061\":",
        "\"\":",
        "null",
        "true",
        "false",
        "0",
        "-",
        "-0",
        ".",
        "e",
        "E+",
        "1",
        "9007199254740993",
        "0.1",
        " ",
        "\n",
        "\t",
        "/",
        "é",
        "😀",
        "\u0001",
        "\uFEFF",
    ];

    private static readonly Gen<string> Fragment = Gen.Int[0, Fragments.Length - 1].Select(i => Fragments[i]);

    private static readonly Gen<byte[]> Mutated = Gen.Select(
            Gen.Int[0, Seeds.Length - 1].Select(i => Seeds[i]),
            Gen.Select(Gen.Int[0, 200], Gen.Int[0, 3], Fragment, Gen.Byte).Array[0, 4]
        )
        .Select((seed, edits) => edits.Aggregate(Encoding.UTF8.GetBytes(seed), (text, edit) => Edit(text, edit)));

    [Fact]
    public void One_huge_object_holds_no_memory_for_ever()
    {
        string members = string.Join(',', Enumerable.Range(0, 150_000).Select(n => $"\"{n:x}\":0"));
        Canonicalizer rented = Canonicalizer.Rent();
        rented.Canonicalize(Encoding.UTF8.GetBytes("{" + members + "}"));
        Canonicalizer.Return(rented);
        Assert.NotSame(rented, Canonicalizer.Rent());
    }

    [Fact]
    public void Agrees_with_the_reference_on_mutated_text() => Mutated.Sample(Agree, iter: 3000);

    [Fact]
    public void Agrees_with_the_reference_on_fragments_put_together() =>
        Fragment.Array[1, 12].Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts))).Sample(Agree, iter: 3000);

    [Fact]
    public void Agrees_with_the_reference_on_numbers() =>
        Gen.Select(
                Gen.Bool.Select(negative => negative ? "-" : ""),
                Gen.OneOf(
                    Gen.Const("0"),
                    Gen.ULong.Select(n => n.ToString(CultureInfo.InvariantCulture)),
                    Gen.Int[1, 999].Select(n => n.ToString(CultureInfo.InvariantCulture))
                ),
                Gen.OneOf(
                    Gen.Const(""),
                    Gen.OneOf(Gen.Char['0', '9'], Gen.Const('0')).Array[1, 20].Select(d => "." + new string(d))
                ),
                Gen.OneOf(
                    Gen.Const(""),
                    Gen.Const(""),
                    Gen.Int[-330, 330].Select(e => "e" + e.ToString(CultureInfo.InvariantCulture)),
                    Gen.Int[0, 25].Select(e => "E+" + e.ToString(CultureInfo.InvariantCulture))
                )
            )
            .Sample(
                (sign, whole, fraction, exponent) => Agree(Encoding.ASCII.GetBytes(sign + whole + fraction + exponent)),
                iter: 3000
            );

    [Fact]
    public void Sorts_any_number_of_names_of_any_kind() =>
        Gen.OneOf(
                Gen.Char["abAB!~\"\\\n"].Array[0, 3].Select(c => new string(c)),
                Gen.Char['a', 'c'].Array[6, 10].Select(c => new string(c)),
                Gen.Int[0xE000, 0x10FFFF].Select(char.ConvertFromUtf32),
                Gen.Char['\u0080', '\u07ff'].Select(c => c.ToString())
            )
            .Array[0, 40]
            .Sample(
                names =>
                {
                    IEnumerable<string> members = names
                        .Distinct()
                        .Select(n => JsonValue.String(n) + ":[" + n.Length + "]");
                    Agree(Encoding.UTF8.GetBytes("{" + string.Join(" ,", members) + "}"));
                },
                iter: 500
            );

    [Fact]
    public void Agrees_with_the_reference_on_every_cut_of_the_seeds()
    {
        foreach (byte[] seed in Seeds.Select(Encoding.UTF8.GetBytes))
        {
            for (int length = 0; length <= seed.Length; length++)
                Agree(seed[..length]);
        }
    }

    [Fact]
    public void Agrees_with_the_reference_on_every_byte_in_every_place()
    {
        byte[] text = """{"k":"v\n","a":[-1.5e3,null]}"""u8.ToArray();
        for (int at = 0; at < text.Length; at++)
        {
            byte kept = text[at];
            for (int b = 0; b <= 255; b++)
            {
                text[at] = (byte)b;
                Agree(text);
            }
            text[at] = kept;
        }
    }

    // Unicode 17, table 3-7: every kind of sequence that is not well formed.
    [Theory]
    [InlineData("80")]
    [InlineData("BF")]
    [InlineData("C080")]
    [InlineData("C1BF")]
    [InlineData("C3")]
    [InlineData("C32E")]
    [InlineData("E0809F")]
    [InlineData("E282")]
    [InlineData("E28228")]
    [InlineData("EDA080")]
    [InlineData("EDBFBF")]
    [InlineData("F08080AF")]
    [InlineData("F09F98")]
    [InlineData("F09F9828")]
    [InlineData("F4908080")]
    [InlineData("F5808080")]
    [InlineData("FE")]
    [InlineData("FF")]
    public void Refuses_UTF_8_that_is_not_well_formed(string hex)
    {
        byte[] bad = Convert.FromHexString(hex);
        foreach (string before in new[] { "", "a", "0123456789abcdef", "é", "\\n" })
        {
            byte[] content = [.. Encoding.UTF8.GetBytes(before), .. bad];
            Assert.Equal(ErrorCodes.LoneSurrogate, Code([.. "\""u8, .. content, .. "\""u8]));
            Assert.Equal(ErrorCodes.LoneSurrogate, Code([.. "{\""u8, .. content, .. "\":1}"u8]));
            // What is no JSON is told first, whatever its strings hold.
            Assert.Equal(ErrorCodes.NotJson, Code([.. "{\""u8, .. content, .. "\" 1}"u8]));
            Assert.Equal(ErrorCodes.NotJson, Code([.. "[\""u8, .. content]));
        }
    }

    [Fact]
    public void Takes_hostile_sizes()
    {
        const int Million = 1_000_000;
        Agree(Encoding.UTF8.GetBytes("\"" + new string('x', Million) + "\""));
        Agree(Encoding.UTF8.GetBytes("\"" + string.Concat(Enumerable.Repeat("\\u0041\\n\\\"", Million / 10)) + "\""));
        Agree(Encoding.UTF8.GetBytes(new string('7', Million)));
        Agree(Encoding.UTF8.GetBytes("0." + new string('0', Million) + "1"));
        Agree(Encoding.UTF8.GetBytes("1e" + new string('9', Million)));
        Agree(Encoding.UTF8.GetBytes("-0e" + new string('9', 1000)));
        Agree(Encoding.UTF8.GetBytes(new string('[', Million)));
        Agree(Encoding.UTF8.GetBytes(new string(' ', Million)));
        Agree(Encoding.UTF8.GetBytes(Json.Nested(64)));
        Agree(Encoding.UTF8.GetBytes(Json.Nested(65)));
        IEnumerable<string> backwards = Enumerable.Range(0, 20_000).Select(i => $"\"{20_000 - i:d6}\":{i}");
        Agree(Encoding.UTF8.GetBytes("{" + string.Join(",", backwards) + "}"));
        Agree(Encoding.UTF8.GetBytes("{" + string.Join(",", backwards) + ",\"\\u0030\\u00300007\":0}"));
    }

    [Theory]
    [InlineData("""{"a":1,"b":2,"\u0061":3}""")]
    [InlineData("""{"\n":1,"a":0,"\u000A":2}""")]
    [InlineData("""{"\"":1,"\u0022":2}""")]
    [InlineData("""{"/":1,"\/":2}""")]
    [InlineData("{\"\U0001F600\":1,\"\\ud83D\\uDe00\":2}")]
    [InlineData("""{"":1,"":2}""")]
    public void Refuses_duplicate_keys_however_they_are_written(string text) =>
        Assert.Equal(ErrorCodes.DuplicateKey, Code(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Objects_of_one_size_in_different_orders_are_each_sorted_by_their_own_names()
    {
        string[] texts =
        [
            """{"b":1,"a":2,"c":3}""",
            """{"c":1,"b":2,"a":3}""",
            """{"a":1,"c":2,"b":3}""",
            """{"c":0,"a":1,"b":2}""",
        ];
        foreach (string text in texts.Concat(texts.AsEnumerable().Reverse()))
            Agree(Encoding.UTF8.GetBytes(text));
        Assert.Equal(ErrorCodes.DuplicateKey, Code("""{"c":1,"a":2,"a":3}"""u8.ToArray()));
    }

    [Fact]
    public void Is_used_again_after_a_refusal()
    {
        foreach (string bad in new[] { "{\"b\":1,\"a\":{\"x\":[1,2", "{\"a\":1,\"a\":2}", "[\"\\n\",\"\\ud800\"]" })
        {
            Assert.NotNull(Code(Encoding.UTF8.GetBytes(bad)));
            Assert.Equal("""{"a":"\n","b":1}"""u8, Kept.Value!.Canonicalize("""{"b":1.0,"a":"\u000a"}"""u8));
        }
    }

    [Fact]
    public void Writes_into_what_the_caller_gives()
    {
        byte[] text = """{"b":1,"a":2}"""u8.ToArray();
        var room = new byte[13];
        Assert.True(Kept.Value!.TryCanonicalize(text, room, out int written));
        Assert.Equal("""{"a":2,"b":1}"""u8, room.AsSpan(0, written));
        Assert.False(Kept.Value!.TryCanonicalize(text, room.AsSpan(0, 12), out written));
        Assert.Equal(0, written);
        var output = new ArrayBufferWriter<byte>();
        Kept.Value!.CanonicalizeTo(text, output);
        Assert.Equal("""{"a":2,"b":1}"""u8, output.WrittenSpan);
        Assert.Throws<TessraxException>(() => Kept.Value!.CanonicalizeTo("[1,2"u8, output));
        Assert.Equal(13, output.WrittenCount);
    }

    private static ErrorCode? Code(byte[] text)
    {
        try
        {
            Kept.Value!.Canonicalize(text);
            return null;
        }
        catch (TessraxException e)
        {
            return e.Code;
        }
    }

    private static void Agree(byte[] text)
    {
        foreach (NumberRule numbers in new[] { NumberRule.Exact, NumberRule.Rounding })
        {
            (byte[]? expected, ErrorCode? refused) = ReferenceJson.Canonicalize(text, numbers);
            // The one that is kept and one that nobody used before: what an earlier text left behind must not show.
            foreach (Canonicalizer mine in new[] { Kept.Value!, new Canonicalizer() })
            {
                TessraxException? e = Refusal(() => Assert.Equal(expected, mine.Canonicalize(text, numbers).ToArray()));
                Assert.Equal(refused, e?.Code);
            }
            TessraxException? parsing = Refusal(() =>
                Assert.Equal(expected, JsonValue.Parse(text, numbers).ToCanonicalBytes())
            );
            Assert.Equal(refused, parsing?.Code);
        }
        (byte[]? exact, _) = ReferenceJson.Canonicalize(text, NumberRule.Exact);
        Assert.Equal(exact?.AsSpan().SequenceEqual(text) ?? false, CanonicalWriter.IsCanonical(text));
    }

    private static TessraxException? Refusal(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (TessraxException e)
        {
            return e;
        }
    }

    private static byte[] Edit(byte[] text, (int At, int Kind, string Fragment, byte Byte) edit)
    {
        int at = Math.Min(edit.At, text.Length);
        byte[] head = text[..at];
        byte[] tail = text[at..];
        return edit.Kind switch
        {
            0 => [.. head, .. Encoding.UTF8.GetBytes(edit.Fragment), .. tail],
            1 => [.. head, .. tail.Skip(1)],
            2 => [.. head, edit.Byte, .. tail.Skip(1)],
            _ => [.. head, .. tail.Take(7), .. tail],
        };
    }
}
