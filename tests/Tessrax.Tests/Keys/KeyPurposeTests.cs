using Tessrax.Keys;
using Xunit;

namespace Tessrax.Tests.Keys;

public sealed class KeyPurposeTests
{
    [Theory]
    [InlineData(KeyPurpose.Log, "log")]
    [InlineData(KeyPurpose.Author, "author")]
    [InlineData(KeyPurpose.Approver, "approver")]
    [InlineData(KeyPurpose.Recovery, "recovery")]
    [InlineData(KeyPurpose.Witness, "witness")]
    [InlineData(KeyPurpose.Access, "access")]
    public void Has_one_text_form(KeyPurpose purpose, string text)
    {
        Assert.Equal(text, purpose.ToText());
        Assert.Equal(purpose, KeyPurposes.Parse(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Log")]
    [InlineData("0")]
    [InlineData("log ")]
    public void Refuses_other_texts(string text) =>
        Assert.Equal(ErrorCodes.BadValue, Assert.Throws<TessraxException>(() => KeyPurposes.Parse(text)).Code);

    [Fact]
    public void Every_purpose_has_a_text() => Assert.Equal(Enum.GetValues<KeyPurpose>().Length, KeyPurposes.All.Count);
}
