using System.Text;
using System.Text.RegularExpressions;

namespace Tessrax.Tests.Fuzz;

/// <summary>Holds one input against the properties of its target.</summary>
internal static partial class FuzzJudge
{
    /// <summary>What an input led to.</summary>
    /// <param name="Kind">Equal for inputs that went the same way, as far as can be seen from outside: what is new is worth keeping.</param>
    /// <param name="Fault">Why this must not be; null if all is well.</param>
    public readonly record struct Judgement(string Kind, string? Fault);

    public static Judgement Judge(FuzzTarget target, byte[] input)
    {
        byte[] before = [.. input];
        (byte[]? written, string kind, string? fault) = Once(target, input);
        if (fault is not null)
            return new Judgement(kind, fault);
        if (!input.AsSpan().SequenceEqual(before))
            return new Judgement(kind, "the input was changed");
        (byte[]? again, string kindAgain, _) = Once(target, input);
        if (kind != kindAgain || !Same(written, again))
            return new Judgement(kind, $"not the same twice: {kind}, then {kindAgain}");
        return new Judgement(kind, written is null ? null : RoundTripFault(target, input, written));
    }

    private static string? RoundTripFault(FuzzTarget target, byte[] input, byte[] written)
    {
        if (target.IsExact && !Same(written, input))
            return $"accepted, but would be written as {Encoding.Latin1.GetString(written)}";
        if (!target.RoundTrips)
            return null;
        (byte[]? again, string kind, string? fault) = Once(target, written);
        if (fault is not null)
            return $"what was written makes a fault: {fault}";
        if (again is null)
            return $"what was written is refused ({kind}): {Encoding.Latin1.GetString(written)}";
        return Same(written, again)
            ? null
            : $"what was written reads as something else: {Encoding.Latin1.GetString(again)}";
    }

    private static (byte[]? Written, string Kind, string? Fault) Once(FuzzTarget target, byte[] input)
    {
        try
        {
            byte[]? written = target.Read(input);
            return (written, written is null ? "no" : "accepted", null);
        }
        catch (TessraxException e)
        {
            return (null, $"{e.Code} {Varying().Replace(e.Message, "*")}", null);
        }
        catch (Exception e)
        {
            return (null, e.GetType().Name, e.ToString());
        }
    }

    private static bool Same(byte[]? one, byte[]? other) =>
        one is null ? other is null : other is not null && one.AsSpan().SequenceEqual(other);

    // Numbers and what is quoted from the input.
    [GeneratedRegex("'.*'|[0-9]+", RegexOptions.Singleline)]
    private static partial Regex Varying();
}
