using CsCheck;
using Tessrax.Canonical;
using Xunit;

namespace Tessrax.Tests.Canonical;

public class UtcTimeTests
{
    [Theory]
    [InlineData("2026-01-31T12:00:00.000000Z")]
    [InlineData("0001-01-01T00:00:00.000000Z")]
    [InlineData("9999-12-31T23:59:59.999999Z")]
    [InlineData("2024-02-29T00:00:00.000001Z")]
    public void Reads_and_writes_the_one_form(string text)
    {
        Assert.True(UtcTime.TryParse(text, out UtcTime time));
        Assert.Equal(text, time.ToString());
        Assert.True(UtcTime.TryParseLenient(text, out UtcTime lenient));
        Assert.Equal(time, lenient);
    }

    [Theory]
    [InlineData("2026-01-31T12:00:00Z")]
    [InlineData("2026-01-31T12:00:00.00000Z")]
    [InlineData("2026-01-31T12:00:00.0000000Z")]
    [InlineData("2026-01-31t12:00:00.000000Z")]
    [InlineData("2026-01-31T12:00:00.000000z")]
    [InlineData("2026-01-31 12:00:00.000000Z")]
    [InlineData(" 2026-01-31T12:00:00.00000Z")]
    [InlineData("2026-01-31T12:00:00,000000Z")]
    [InlineData("2026-01-31T12:00:00.000000 ")]
    [InlineData("2026-01-31T12:00:00.00+00:00")]
    [InlineData("26-01-31T12:00:00.00000000Z")]
    [InlineData("\u0662026-01-31T12:00:00.00000Z")]
    public void The_strict_reader_takes_no_other_form(string text) => Assert.False(UtcTime.TryParse(text, out _));

    [Theory]
    [InlineData("2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000000Z")]
    [InlineData("2026-01-31t12:00:00z", "2026-01-31T12:00:00.000000Z")]
    [InlineData("2026-01-31 12:00:00Z", "2026-01-31T12:00:00.000000Z")]
    [InlineData("2026-01-31T12:00:00+00:00", "2026-01-31T12:00:00.000000Z")]
    [InlineData("2026-01-31T12:00:00.5+00:00", "2026-01-31T12:00:00.500000Z")]
    [InlineData("2026-01-31T12:00:00.123456Z", "2026-01-31T12:00:00.123456Z")]
    [InlineData("2026-01-31T12:00:00.12345600000000000000Z", "2026-01-31T12:00:00.123456Z")]
    public void The_lenient_reader_takes_RFC_3339_in_UTC(string text, string expected)
    {
        Assert.True(UtcTime.TryParseLenient(text, out UtcTime time));
        Assert.Equal(expected, time.ToString());
    }

    [Theory]
    [InlineData("2026-01-31T12:00:00+02:00")]
    [InlineData("2026-01-31T12:00:00-00:00")]
    [InlineData("2026-01-31T12:00:00.000000+02:00")]
    [InlineData("2016-12-31T23:59:60Z")]
    [InlineData("2016-12-31T23:59:60.000000Z")]
    [InlineData("2026-01-31T12:00:00.1234567Z")]
    [InlineData("2026-01-31T12:00:00.0000001Z")]
    [InlineData("2026-01-31T24:00:00Z")]
    [InlineData("2026-01-31T24:00:00.000000Z")]
    [InlineData("2026-01-31T12:60:00.000000Z")]
    [InlineData("2026-02-30T00:00:00Z")]
    [InlineData("2026-02-30T00:00:00.000000Z")]
    [InlineData("2025-02-29T00:00:00Z")]
    [InlineData("2026-13-01T00:00:00Z")]
    [InlineData("2026-00-01T00:00:00Z")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("0000-01-01T00:00:00.000000Z")]
    [InlineData("2026-01-31T12:00:00.Z")]
    [InlineData("2026-01-31T12:00:00.1.2Z")]
    [InlineData("2026-01-31T12:00:00.-1Z")]
    [InlineData("2026-01-31T12:00:00")]
    [InlineData("2026-01-31T12:00Z")]
    [InlineData("2026-01-31T12:00+00:00")]
    [InlineData("2026-01-31T1:00:00+00:00")]
    [InlineData("2026-01-31T+00:00+00:00")]
    [InlineData("2026-01-31")]
    [InlineData("+002026-01-31T12:00:00Z")]
    [InlineData("1767225600")]
    [InlineData("now")]
    [InlineData("")]
    public void Neither_reader_takes_what_is_no_time_in_UTC(string text)
    {
        Assert.False(UtcTime.TryParse(text, out _));
        Assert.False(UtcTime.TryParseLenient(text, out _));
    }

    [Fact]
    public void No_short_text_makes_the_lenient_reader_throw() =>
        Gen.Char["0123456789-:.TtZz+ "]
            .Array[0, 40]
            .Sample(chars =>
            {
                if (chars.Length > 10)
                    chars[10] = 'T';
                foreach (string text in new[] { new string(chars), new string(chars) + "+00:00" })
                {
                    if (UtcTime.TryParseLenient(text, out UtcTime time))
                        Assert.Equal(text[..10], time.ToString()[..10]);
                }
            });

    [Fact]
    public void Text_keeps_the_moment_and_the_order() =>
        Gen.Select(Gen.DateTimeOffset, Gen.DateTimeOffset)
            .Sample(
                (a, b) =>
                {
                    (UtcTime x, UtcTime y) = (UtcTime.From(a), UtcTime.From(b));
                    Assert.True(UtcTime.TryParse(x.ToString(), out UtcTime back) && back == x);
                    int byText = string.CompareOrdinal(x.ToString(), y.ToString());
                    Assert.Equal(Math.Sign(x.CompareTo(y)), Math.Sign(byText));
                    Assert.Equal(x < y, byText < 0);
                    Assert.Equal(x >= y, byText >= 0);
                    Assert.Equal(x > y ? x : y, UtcTime.Max(x, y));
                }
            );

    [Fact]
    public void Is_cut_to_the_microsecond_and_held_within_the_calendar()
    {
        var ticks = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.FromHours(2)).AddTicks(19);
        Assert.Equal("2026-01-31T10:00:00.000001Z", UtcTime.From(ticks).ToString());
        UtcTime time = UtcTime.From(ticks);
        Assert.Equal("9999-12-31T23:59:59.999999Z", (time + TimeSpan.MaxValue).ToString());
        Assert.Equal("0001-01-01T00:00:00.000000Z", (time + TimeSpan.MinValue).ToString());
        Assert.Equal(TimeSpan.FromMinutes(5), time + TimeSpan.FromMinutes(5) - time);
        Assert.Equal(default, UtcTime.From(DateTimeOffset.MinValue));
    }
}
