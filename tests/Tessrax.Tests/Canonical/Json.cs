using System.Text;
using Tessrax.Canonical;
using Xunit;

namespace Tessrax.Tests.Canonical;

internal static class Json
{
    public static JsonValue Parse(string text, NumberRule numbers = NumberRule.Exact) =>
        JsonValue.Parse(Encoding.UTF8.GetBytes(text), numbers);

    public static TessraxException Refused(ErrorCode code, Action action)
    {
        var e = Assert.Throws<TessraxException>(action);
        Assert.Equal(code, e.Code);
        Assert.NotEmpty(e.Hint);
        return e;
    }

    public static TessraxException Refused(ErrorCode code, string text) => Refused(code, () => Parse(text));

    public static TessraxException Refused(ErrorCode code, byte[] utf8) => Refused(code, () => JsonValue.Parse(utf8));

    /// <summary>Arrays within arrays, <paramref name="depth"/> of them.</summary>
    public static string Nested(int depth) => new string('[', depth) + new string(']', depth);
}
