using System.Collections;

namespace Tessrax.Api.Tests;

/// <summary>What a call was made with, in a line.</summary>
internal static class ApiText
{
    private const int Longest = 60;

    public static string Of(object? receiver, object?[] arguments) =>
        (receiver is null ? "" : $"on {Of(receiver)} ") + $"with ({string.Join(", ", arguments.Select(Of))})";

    private static string Of(object? value) =>
        value switch
        {
            null => "null",
            string text => $"'{Cut(text)}'",
            byte[] bytes => $"{bytes.Length} bytes {Cut(Convert.ToHexStringLower(bytes))}",
            ICollection many => $"{ApiMember.NameOf(value.GetType())} of {many.Count}",
            IConvertible simple => FormattableString.Invariant($"{simple}"),
            _ => ApiMember.NameOf(value.GetType()),
        };

    private static string Cut(string text) => text.Length <= Longest ? text : $"{text[..Longest]}... ({text.Length})";
}
