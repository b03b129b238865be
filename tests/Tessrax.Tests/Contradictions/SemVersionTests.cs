using Tessrax.Contradictions;
using Xunit;

namespace Tessrax.Tests.Contradictions;

public sealed class SemVersionTests
{
    // Semantic Versioning 2.0.0, section 11.4.4, with some around it.
    private static readonly string[] Ascending =
    [
        "0.0.1",
        "0.9.0",
        "1.0.0-0",
        "1.0.0-9",
        "1.0.0-10",
        "1.0.0-99999999999999999999999999",
        "1.0.0--",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0",
        "1.0.1-a",
        "1.2.0",
        "1.10.0",
        "2.0.0",
        "99999999999999999999999999.0.0",
    ];

    [Fact]
    public void Orders_as_the_standard_says()
    {
        for (int i = 0; i < Ascending.Length; i++)
        {
            for (int j = 0; j < Ascending.Length; j++)
                Assert.Equal(i.CompareTo(j), Math.Sign(Read(Ascending[i]).CompareTo(Read(Ascending[j]))));
        }
    }

    [Theory]
    [InlineData("1", "1.0.0")]
    [InlineData("v1.2", "1.2.0")]
    [InlineData("V1.2.3", "1.2.3")]
    [InlineData("1.2-rc.1", "1.2.0-rc.1")]
    [InlineData("1.2.3+build.7", "1.2.3")]
    [InlineData("1.2.3-rc-1+a-b.001", "1.2.3-rc-1")]
    public void Forgives_what_is_clear(string text, string full) => Assert.Equal(full, Read(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("v")]
    [InlineData("1.2.3.4")]
    [InlineData("01.2.3")]
    [InlineData("1.2.3-")]
    [InlineData("1.2.3-01")]
    [InlineData("1.2.3-a..b")]
    [InlineData("1.2.3+")]
    [InlineData("1.2.x")]
    [InlineData("1. 2.3")]
    [InlineData("-1.2.3")]
    [InlineData("1.2.3-é")]
    public void Refuses_what_is_no_version(string text) => Assert.False(SemVersion.TryParse(text, out _));

    [Theory]
    [InlineData("v1.2.3")]
    [InlineData("1.2")]
    public void Strictly_forgives_nothing(string text) => Assert.False(SemVersion.TryParseStrict(text, out _));

    private static SemVersion Read(string text)
    {
        Assert.True(SemVersion.TryParse(text, out SemVersion? version));
        return version!;
    }
}
