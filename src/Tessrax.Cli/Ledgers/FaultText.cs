using Tessrax.Cli.Terminal;
using Tessrax.Node.Recovery;

namespace Tessrax.Cli.Ledgers;

/// <summary>How a fault is shown to people.</summary>
internal static class FaultText
{
    public static void Show(CliContext context, Fault fault)
    {
        Tone tone = fault.Weight switch
        {
            FaultWeight.Note => Tone.Dim,
            FaultWeight.Derived => Tone.Warn,
            _ => Tone.Bad,
        };
        context.Line(tone, $"{fault.WeightText} {fault.Cause.ToText()}: {fault.File}{Place(fault)}");
        context.Line($"  {fault.Says} ({fault.Code})");
        if (fault.Proof is { } proof)
            context.Line($"  proven: {proof}");
        if (fault.Remedy is { } remedy)
            context.Line($"  do: {remedy}{(fault.Fix == SafeFix.None ? "" : " (safe)")}");
    }

    private static string Place(Fault fault)
    {
        string bytes = fault.Bytes is { } range ? $", bytes [{range.Start}, {range.End})" : "";
        return fault.Entries is { Length: > 0 } entries ? $"{bytes}, {Counted.Entries([entries])}" : bytes;
    }
}
