using System.CommandLine;
using System.Globalization;
using Tessrax.Cli.Commands.Bench;
using Tessrax.Node.Simulation;

namespace Tessrax.Cli.Commands.Quorum;

/// <summary>The options that a simulation and a run of real processes have in common.</summary>
internal sealed class QuorumOptions
{
    private readonly Option<string?> nodes = new("--nodes")
    {
        Description = "how many approvers, 1 to 64; 5 if left out",
        HelpName = "N",
    };

    private readonly Option<string?> quorum = new("--quorum")
    {
        Description = "how many of them must approve; more than half if left out",
        HelpName = "K",
    };

    private readonly Option<string?> faults = new("--faults")
    {
        Description =
            "what goes wrong: loss=0.1,dup=0.05,latency=5ms..200ms,partition=3x10s,crash=5,skew=2m,byzantine=2:double (or stale, forged, other, names, tokens); none for nothing",
        HelpName = "SPEC",
    };

    private readonly Option<string?> seed = new("--seed")
    {
        Description = "what all chance is drawn from; drawn itself, and shown, if left out",
        HelpName = "S",
    };

    private readonly Option<string?> subjects = new("--subjects")
    {
        Description = "about how many things claims disagree",
        HelpName = "N",
    };

    private readonly Option<string?> length = new("--length")
    {
        Description = "for how many seconds faults happen",
        HelpName = "SECONDS",
    };

    /// <summary>A picture of what happened when.</summary>
    public OutputFile Svg { get; } = new("a picture of what happened when to whom", "--svg");

    public void AddTo(Command verb)
    {
        foreach (Option option in new Option[] { nodes, quorum, faults, seed, subjects, length })
            verb.Add(option);
        Svg.AddTo(verb);
    }

    /// <summary>The plan that was asked for.</summary>
    /// <param name="context">Draws a seed, if none is given.</param>
    /// <param name="parsed">The arguments.</param>
    /// <param name="usual">What is so if nothing is said.</param>
    /// <exception cref="TessraxException">TSX1012.</exception>
    public QuorumPlan Read(CliContext context, ParseResult parsed, QuorumPlan usual)
    {
        int approvers = LoadRun.Within(parsed.GetValue(nodes), "--nodes", usual.Nodes, 1, QuorumPlan.MaxNodes);
        int needed = LoadRun.Within(
            parsed.GetValue(quorum),
            "--quorum",
            QuorumPlan.MajorityOf(approvers),
            1,
            QuorumPlan.MaxNodes
        );
        if (needed > approvers)
            throw ErrorCodes.BadUsage.Because($"--quorum {needed}: there are only {approvers} approvers");
        QuorumFaults wanted = parsed.GetValue(faults) is { } text ? QuorumFaults.Parse(text) : usual.Faults;
        if (wanted.Dishonest > approvers)
            throw ErrorCodes.BadUsage.Because(
                $"--faults: byzantine={wanted.Dishonest}, but there are only {approvers} approvers"
            );
        return usual with
        {
            Nodes = approvers,
            Quorum = needed,
            Faults = wanted,
            Seed = ReadSeed(context, parsed.GetValue(seed)),
            Subjects = LoadRun.Within(parsed.GetValue(subjects), "--subjects", usual.Subjects, 1, 1000),
            Length = TimeSpan.FromSeconds(
                LoadRun.Within(parsed.GetValue(length), "--length", (int)usual.Length.TotalSeconds, 5, 24 * 3600)
            ),
        };
    }

    private static ulong ReadSeed(CliContext context, string? text)
    {
        // Short, since people will type it again.
        if (text is null)
            return BitConverter.ToUInt32(context.RandomBytes(4));
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed)
            ? seed
            : throw ErrorCodes.BadUsage.Because($"--seed '{text}' is not a number from 0 to {ulong.MaxValue}");
    }
}
