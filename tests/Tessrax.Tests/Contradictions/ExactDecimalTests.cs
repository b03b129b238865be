using System.Globalization;
using System.Numerics;
using CsCheck;
using Tessrax.Contradictions;
using Xunit;

namespace Tessrax.Tests.Contradictions;

public sealed class ExactDecimalTests
{
    private static readonly Gen<string> Texts = Gen.Select(
        Gen.Long,
        Gen.Int[-40, 40],
        (digits, exponent) => string.Create(CultureInfo.InvariantCulture, $"{digits}e{exponent}")
    );

    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0", "0")]
    [InlineData("0.000", "0")]
    [InlineData("0e9999", "0")]
    [InlineData("6.10", "6.1")]
    [InlineData("-6.10", "-6.1")]
    [InlineData("100", "100")]
    [InlineData("1e3", "1000")]
    [InlineData("1E+3", "1000")]
    [InlineData("1500e-3", "1.5")]
    [InlineData("1e-7", "0.0000001")]
    [InlineData("1e33", "1000000000000000000000000000000000")]
    [InlineData("1e34", "1e+34")]
    [InlineData("15e33", "1.5e+34")]
    [InlineData("1e-34", "0.0000000000000000000000000000000001")]
    [InlineData("1e-35", "1e-35")]
    [InlineData("1234567890123456789012345678901234", "1234567890123456789012345678901234")]
    [InlineData("0.1234567890123456789012345678901234", "0.1234567890123456789012345678901234")]
    [InlineData("9.999999999999999999999999999999999e+6144", "9.999999999999999999999999999999999e+6144")]
    [InlineData("1e-6144", "1e-6144")]
    public void Prints_the_shortest_text(string text, string shortest) =>
        Assert.Equal(shortest, Some.Decimal(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("+1")]
    [InlineData("01")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1e1.5")]
    [InlineData("1x")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("0x10")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1,5")]
    [InlineData("١")]
    [InlineData("12345678901234567890123456789012345")]
    [InlineData("1e6145")]
    [InlineData("10e6144")]
    [InlineData("1e-6145")]
    [InlineData("1e99999999999999999999")]
    public void Refuses_what_is_no_number_or_beyond_the_limits(string text) =>
        Assert.False(ExactDecimal.TryParse(text, out _));

    [Fact]
    public void Reads_long_texts_whose_zeros_do_not_count() =>
        Assert.Equal("1", Some.Decimal("1." + new string('0', 60_000)).ToString());

    [Fact]
    public void Text_and_number_go_both_ways() =>
        Texts.Sample(text =>
        {
            ExactDecimal number = Some.Decimal(text);
            Assert.Equal(number, Some.Decimal(number.ToString()));
        });

    [Fact]
    public void Orders_as_exact_fractions_do() =>
        Gen.Select(Texts, Texts)
            .Sample((a, b) => Assert.Equal(Exact(a).CompareTo(Exact(b)), Some.Decimal(a).CompareTo(Some.Decimal(b))));

    [Theory]
    [InlineData("-1e6144", "-1e-6144")]
    [InlineData("-1e-6144", "0")]
    [InlineData("0", "1e-6144")]
    [InlineData("9999999999999999999999999999999998", "9999999999999999999999999999999999")]
    [InlineData("0.3", "0.30000000000000004")]
    [InlineData("-2", "-1.9999")]
    public void Orders_neighbours_and_extremes(string less, string more)
    {
        Assert.True(Some.Decimal(less) < Some.Decimal(more));
        Assert.True(Some.Decimal(more) > Some.Decimal(less));
        Assert.NotEqual(Some.Decimal(less), Some.Decimal(more));
    }

    [Theory]
    [InlineData("3", "0.5", "1.5")]
    [InlineData("-3", "0.1", "-0.3")]
    [InlineData("0", "1e6000", "0")]
    // 34 nines squared: 9999999999999999999999999999999998 and 34 more digits, of which the first is a 0.
    [InlineData(
        "9999999999999999999999999999999999",
        "9999999999999999999999999999999999",
        "9.999999999999999999999999999999998e+67"
    )]
    // Exactly half, after an even and after an odd digit.
    [InlineData("1000000000000000000000000000000001", "0.5", "500000000000000000000000000000000.5")]
    [InlineData("2000000000000000000000000000000001", "1.5", "3000000000000000000000000000000002")]
    [InlineData("2000000000000000000000000000000003", "1.5", "3000000000000000000000000000000004")]
    public void Multiplies_and_rounds_half_to_even(string left, string right, string product)
    {
        Assert.True(ExactDecimal.TryMultiply(Some.Decimal(left), Some.Decimal(right), out ExactDecimal result));
        Assert.Equal(product, result.ToString());
    }

    [Theory]
    [InlineData("1e6000", "1e145")]
    [InlineData("1e-6000", "1e-145")]
    public void Refuses_products_beyond_the_limits(string left, string right) =>
        Assert.False(ExactDecimal.TryMultiply(Some.Decimal(left), Some.Decimal(right), out _));

    [Theory]
    [InlineData("6.4", "8.8", "0.272727")]
    [InlineData("0", "7.5", "1")]
    [InlineData("-5", "5", "2")]
    [InlineData("-10", "-5", "0.5")]
    [InlineData("0", "0", "0")]
    [InlineData("7", "7", "0")]
    [InlineData("1", "3", "0.666667")]
    [InlineData("1e-6144", "1e6144", "1")]
    [InlineData("9999999999999999999999999999999998", "9999999999999999999999999999999999", "1e-34")]
    // 0.1000005 and 0.1000015 exactly: half goes to the even digit.
    [InlineData("0.8999995", "1", "0.100000")]
    [InlineData("0.8999985", "1", "0.100002")]
    // A hair more than half: 1/999995000024999875000624996875 is 1.000005e-30 and a rest of 10^-64.
    [InlineData("999995000024999875000624996874", "999995000024999875000624996875", "1.00001e-30")]
    public void Gap_reads_as_six_rounded_digits(string low, string high, string ratio) =>
        Assert.Equal(Some.Decimal(ratio).ToString(), new RelativeGap(Some.Decimal(low), Some.Decimal(high)).ToString());

    [Theory]
    [InlineData("0.1", "0.3", "0.6666666666666666666666666666666666", true)]
    [InlineData("0.1", "0.3", "0.6666666666666666666666666666666667", false)]
    [InlineData("0.9", "1", "0.1", false)]
    [InlineData("0.8999999999999999999999999999999999", "1", "0.1", true)]
    [InlineData("0", "0", "0", false)]
    [InlineData("0", "1e-6144", "0", true)]
    [InlineData("-5", "5", "2", false)]
    [InlineData("1e-6144", "1e6144", "0.9999999999999999999999999999999999", true)]
    [InlineData("1e-6144", "1e6144", "1", false)]
    [InlineData("1", "2", "1e6144", false)]
    [InlineData("1", "2", "1e-6144", true)]
    public void Gap_is_compared_exactly(string low, string high, string ratio, bool exceeds) =>
        Assert.Equal(exceeds, new RelativeGap(Some.Decimal(low), Some.Decimal(high)).Exceeds(Some.Decimal(ratio)));

    // digits * 10^exponent, scaled by 10^40 to an integer.
    private static BigInteger Exact(string text)
    {
        string[] parts = text.Split('e');
        int exponent = int.Parse(parts[1], CultureInfo.InvariantCulture) + 40;
        return BigInteger.Parse(parts[0], CultureInfo.InvariantCulture) * BigInteger.Pow(10, exponent);
    }
}
