using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using Tessrax.Canonical;
using Xunit;

namespace Tessrax.Tests.Canonical;

public class CanonicalPropertyTests
{
    private static readonly Gen<double> Doubles = Gen.OneOf(
            Gen.ULong.Select(BitConverter.UInt64BitsToDouble),
            Gen.Double,
            Gen.Int.Select(i => (double)i),
            Gen.Select(Gen.Int[-1000, 1000], Gen.Int[0, 8]).Select((n, places) => n / Math.Pow(10, places))
        )
        .Where(double.IsFinite);

    private static readonly Gen<string> Texts = Gen.OneOf(
            Gen.Int[0, 0x7F],
            Gen.Int[0x20, 0x7E],
            Gen.Int[0x80, 0xD7FF],
            Gen.Int[0xE000, 0xFFFF],
            Gen.Int[0x10000, 0x10FFFF]
        )
        .Array[0, 8]
        .Select(points => string.Concat(points.Select(char.ConvertFromUtf32)));

    private static readonly Gen<JsonValue> Values = Gen.Int[0, 4].SelectMany(Value);

    [Fact]
    public void Reading_what_was_written_gives_the_same_value() =>
        Values.Sample(value =>
        {
            byte[] canonical = value.ToCanonicalBytes();
            JsonValue back = JsonValue.Parse(canonical);
            Assert.Equal(value, back);
            Assert.Equal(value.GetHashCode(), back.GetHashCode());
            Assert.Equal(canonical, back.ToCanonicalBytes());
            Assert.Equal(canonical, CanonicalWriter.Canonicalize(canonical));
            Assert.True(CanonicalWriter.IsCanonical(canonical));
        });

    [Fact]
    public void Order_of_members_space_and_escapes_do_not_matter() =>
        Gen.Select(Values, Gen.Int)
            .Sample(
                (value, seed) =>
                {
                    string scrambled = new Scrambler(seed).Write(value);
                    Assert.Equal(
                        value.ToCanonicalBytes(),
                        CanonicalWriter.Canonicalize(Encoding.UTF8.GetBytes(scrambled))
                    );
                }
            );

    [Fact]
    public void Another_reader_finds_the_same_content() =>
        Values.Sample(value =>
        {
            using JsonDocument document = JsonDocument.Parse(value.ToCanonicalBytes());
            Assert.Equal(value, FrozenPayload.FromGraph(document.RootElement).Root);
        });

    [Fact]
    public void Values_are_equal_if_and_only_if_their_bytes_are() =>
        Gen.Select(Gen.Int[0, 2].SelectMany(Small), Gen.Int[0, 2].SelectMany(Small))
            .Sample(
                (a, b) =>
                {
                    bool sameBytes = a.ToCanonicalBytes().AsSpan().SequenceEqual(b.ToCanonicalBytes());
                    Assert.Equal(sameBytes, a.Equals(b));
                    Assert.Equal(sameBytes, FrozenPayload.From(a).Equals(FrozenPayload.From(b)));
                },
                iter: 5000
            );

    [Fact]
    public void Doubles_come_back_bit_for_bit() =>
        Doubles.Sample(
            value =>
            {
                string text = EcmaNumber.Format(value);
                double back = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
                // Minus zero is written as zero.
                Assert.Equal(
                    value == 0 ? 0 : BitConverter.DoubleToInt64Bits(value),
                    BitConverter.DoubleToInt64Bits(back)
                );
                Assert.Equal(NumberFidelity.Exact, EcmaNumber.Canonicalize(text, out string canonical));
                Assert.Equal(text, canonical);
            },
            iter: 5000
        );

    [Fact]
    public void Arbitrary_bytes_are_read_or_refused_with_a_code() =>
        Gen.OneOf(
                Gen.Byte.Array[0, 60],
                Gen.Char["{}[]:,\"\\u0123456789abdfeE+-. truefalsn"].Array[0, 60].Select(c => Encoding.UTF8.GetBytes(c))
            )
            .Sample(
                bytes =>
                {
                    try
                    {
                        Assert.True(CanonicalWriter.IsCanonical(CanonicalWriter.Canonicalize(bytes)));
                    }
                    catch (TessraxException e)
                    {
                        Assert.InRange(e.Code.Number, 1001, 1005);
                    }
                },
                iter: 5000
            );

    private static Gen<JsonValue> Value(int depth)
    {
        Gen<JsonValue> scalar = Gen.OneOf(
            Gen.Const(JsonValue.Null),
            Gen.Bool.Select(b => (JsonValue)b),
            Doubles.Select(JsonValue.Number),
            Texts.Select(JsonValue.String)
        );
        return depth == 0 ? scalar : Gen.OneOf(scalar, Compound(Value(depth - 1), Texts, 5));
    }

    // So few different values that equal ones are common.
    private static Gen<JsonValue> Small(int depth)
    {
        Gen<JsonValue> scalar = Gen.OneOf<JsonValue>(
            Gen.Const(JsonValue.Null),
            Gen.Const(JsonValue.True),
            Gen.Const<JsonValue>(1),
            Gen.Const<JsonValue>("1"),
            Gen.Const<JsonValue>("")
        );
        return depth == 0
            ? scalar
            : Gen.OneOf(scalar, Compound(Small(depth - 1), Gen.OneOf(Gen.Const(""), Gen.Const("a")), 2));
    }

    private static Gen<JsonValue> Compound(Gen<JsonValue> item, Gen<string> name, int max) =>
        Gen.OneOf(
            item.Array[0, max].Select(items => JsonValue.Of(items)),
            Gen.Select(name, item)
                .Array[0, max]
                .Select(members =>
                    JsonValue.Object([.. members.DistinctBy(m => m.Item1).Select(m => (m.Item1, (JsonValue?)m.Item2))])
                )
        );

    /// <summary>Writes a value in some form that is not the canonical one.</summary>
    private sealed class Scrambler(int seed)
    {
        private readonly Random random = new(seed);

        public string Write(JsonValue value) =>
            Space()
            + value.Kind switch
            {
                JsonKind.Array => "[" + string.Join(",", value.Items.ToArray().Select(Write)) + Space() + "]",
                JsonKind.Object => "{" + string.Join(",", Members(value)) + Space() + "}",
                JsonKind.String => Text(value.AsString()),
                JsonKind.Number => Number(value.AsNumberText()),
                _ => value.ToString(),
            }
            + Space();

        private string[] Members(JsonValue value)
        {
            var members = new string[value.Names.Length];
            for (int i = 0; i < members.Length; i++)
                members[i] = Space() + Text(value.Names[i]) + Space() + ":" + Write(value.Items[i]);
            random.Shuffle(members);
            return members;
        }

        private string Text(string text) => "\"" + string.Concat(text.Select(Character)) + "\"";

        // A character that needs no escape may still have one, but both halves of a pair are written alike.
        private string Character(char c) =>
            c is < ' ' or '"' or '\\' || char.IsSurrogate(c) || random.Next(3) == 0
                ? "\\u" + ((int)c).ToString(random.Next(2) == 0 ? "x4" : "X4", CultureInfo.InvariantCulture)
                : c.ToString();

        private string Number(string text) =>
            random.Next(4) switch
            {
                0 => text.Replace('e', 'E'),
                1 => text.Contains('e', StringComparison.Ordinal) ? text : text + "e0",
                2 when text.Contains('.', StringComparison.Ordinal) && !text.Contains('e', StringComparison.Ordinal) =>
                    text + "00",
                _ => text,
            };

        private string Space() => new(" \t\r\n"[random.Next(4)], random.Next(3));
    }
}
