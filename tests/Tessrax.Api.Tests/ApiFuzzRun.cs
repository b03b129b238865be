using System.Collections;
using System.Diagnostics;
using System.Reflection;
using Tessrax.Verification;

namespace Tessrax.Api.Tests;

/// <summary>Something that must not be, with what led to it.</summary>
internal sealed record ApiFault(ApiMember Member, string Arguments, string What);

/// <summary>What became of a member's calls.</summary>
internal sealed class ApiTally
{
    public int Calls { get; set; }

    public int Succeeded { get; set; }

    /// <summary>What the calls took, with all that they needed.</summary>
    public TimeSpan Elapsed { get; set; }

    public int Refused { get; set; }

    /// <summary>Why it could not be called the last time that it could not.</summary>
    public string? Lacks { get; set; }

    /// <summary>Why it was refused the last time.</summary>
    public string? LastRefusal { get; set; }

    /// <summary>Whether enough is known: one call succeeded, and one was refused if there is anything to refuse.</summary>
    public bool Covers(ApiMember member) => Succeeded > 0 && (Refused > 0 || member.Total != Total.No);
}

/// <summary>Calls every member of the packages with sensible and wild arguments, in the same order for the same seed.</summary>
internal sealed class ApiFuzzRun : IDisposable
{
    private const int MostOfEndless = 8;
    private const long MostBytes = 512L << 20;
    private static readonly MethodInfo Begin = typeof(ApiFuzzRun).GetMethod(
        nameof(BeginningOf),
        BindingFlags.NonPublic | BindingFlags.Static
    )!;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndOfEndless = TimeSpan.FromMilliseconds(200);

    // Where the call that is under way is noted, for when the process does not survive it.
    private static readonly string? Trace = Environment.GetEnvironmentVariable("TESSRAX_API_TRACE");

    private readonly Random random;
    private readonly ValuePool pool;
    private readonly ApiScenes scenes;
    private readonly ValueMaker maker;
    private readonly Dictionary<ApiMember, ApiCall> calls;
    private volatile Now? current;

    /// <summary>Prepares a run.</summary>
    /// <param name="seed">What all chance is drawn from.</param>
    /// <param name="wants">Which members are called.</param>
    public ApiFuzzRun(int seed, Predicate<ApiMember> wants)
    {
        Wants = member => wants(member);
        random = new Random(seed);
        pool = new ValuePool(random);
        scenes = new ApiScenes(random);
        maker = new ValueMaker(pool, scenes, random);
        Members =
        [
            .. ApiSurface.Members.Where(member =>
                wants(member) && member.OutOfReach is null && !ApiExceptions.NeverCalled(member)
            ),
        ];
        Tallies = Members.ToDictionary(member => member, _ => new ApiTally());
        calls = Members.ToDictionary(member => member, member => ApiCalls.Of(member.Method));
        PoolSeeds.Fill(pool, scenes);
    }

    /// <summary>Which members the run is about, whether they can be called or not.</summary>
    public Func<ApiMember, bool> Wants { get; }

    public IReadOnlyList<ApiMember> Members { get; }

    public Dictionary<ApiMember, ApiTally> Tallies { get; }

    public List<ApiFault> Faults { get; } = [];

    public ValuePool Pool => pool;

    /// <summary>Goes round: members that are not covered yet are called so often, the others once.</summary>
    /// <param name="rounds">How many rounds.</param>
    /// <param name="times">How often a member that is not covered is called in a round.</param>
    /// <param name="most">The longest that one member is called in a round.</param>
    public void Run(int rounds, int times, TimeSpan most)
    {
        Exception? broken = null;
        var worker = new Thread(() =>
        {
            try
            {
                for (int round = 0; round < rounds; round++)
                    foreach (ApiMember member in Members)
                        Try(member, Tallies[member].Covers(member) && round > 0 ? 1 : times, most);
            }
            catch (Exception e)
            {
                broken = e;
            }
        });
        worker.IsBackground = true;
        worker.Start();
        while (!worker.Join(TimeSpan.FromMilliseconds(200)))
            if (current is { } now && Stopwatch.GetElapsedTime(now.Since) > Patience)
            {
                Faults.Add(new ApiFault(now.Member, now.Arguments, $"did not end in {Patience.TotalSeconds:0} s"));
                return;
            }
        if (broken is not null)
            throw new InvalidOperationException("the run itself broke", broken);
    }

    public void Dispose() => scenes.Dispose();

    private void Try(ApiMember member, int times, TimeSpan most)
    {
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < times && Stopwatch.GetElapsedTime(begin) < most; i++)
        {
            if (Faults.Any(fault => fault.Member == member))
                return;
            Once(member, Tallies[member]);
        }
        Tallies[member].Elapsed += Stopwatch.GetElapsedTime(begin);
    }

    private void Once(ApiMember member, ApiTally tally)
    {
        bool isWild = random.Next(2) == 0;
        int wildAt = member.Parameters.Length == 0 ? -1 : random.Next(member.Parameters.Length);
        object?[] arguments;
        object? receiver = null;
        using var endless = new CancellationTokenSource();
        try
        {
            if (member.Receiver is { } type)
                receiver = scenes.Fresh(type) ?? pool.Pick(type) ?? throw new NoValueException(type);
            arguments =
            [
                .. member.Parameters.Select((one, i) => Argument(member, one, isWild && i == wildAt, endless)),
            ];
            Liken(member, receiver, arguments);
        }
        catch (NoValueException e)
        {
            tally.Lacks = e.Message;
            scenes.Release();
            return;
        }
        string told = ApiText.Of(receiver, arguments);
        current = new Now(member, told, Stopwatch.GetTimestamp());
        if (Trace is { } file)
            File.WriteAllBytes(file, System.Text.Encoding.UTF8.GetBytes($"{member} {told}"));
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            tally.Calls++;
            endless.CancelAfter(EndOfEndless);
            object? result = calls[member](receiver, arguments);
            if (member.Method is ConstructorInfo)
                maker.Complete(result!, isWild);
            Settled(member, tally, Settle(result), arguments);
        }
        catch (NoValueException e)
        {
            tally.Lacks = e.Message;
        }
        catch (Exception e)
        {
            Thrown(
                member,
                tally,
                e is TargetInvocationException { InnerException: { } inner } ? inner : e,
                endless,
                told
            );
        }
        long used = GC.GetAllocatedBytesForCurrentThread() - before;
        if (used > MostBytes)
            Faults.Add(new ApiFault(member, told, $"took {used >> 20} MiB"));
        if (receiver is not null && member.EndsReceiver)
            pool.Drop(receiver);
        current = null;
        scenes.Release();
    }

    private object? Argument(ApiMember member, ParameterInfo parameter, bool isWild, CancellationTokenSource endless) =>
        parameter.ParameterType == typeof(CancellationToken)
            ? isWild
                ? new CancellationToken(true)
                : endless.Token
            : maker.Argument(member, parameter, isWild);

    // Now and then two of what is compared are the same.
    private void Liken(ApiMember member, object? receiver, object?[] arguments)
    {
        for (int i = 0; i < arguments.Length && random.Next(4) == 0; i++)
        {
            Type type = member.Parameters[i].ParameterType;
            object? other =
                receiver ?? Array.Find(arguments[..i], one => one is not null && type.IsInstanceOfType(one));
            if (other is not null && type.IsInstanceOfType(other) && !member.Parameters[i].IsOut)
                arguments[i] = other;
        }
    }

    private void Settled(ApiMember member, ApiTally tally, object? result, object?[] arguments)
    {
        if (IsNo(member, result))
            tally.Refused++;
        else
            tally.Succeeded++;
        tally.LastRefusal = IsNo(member, result) ? "answered no" : tally.LastRefusal;
        foreach (object? one in arguments.Where((_, i) => member.Parameters[i].IsOut).Append(result))
            if (one is IDisposable or IAsyncDisposable && member.Package != "Tessrax")
                ApiScenes.Close(one);
            else
                pool.Add(one, member.Method.Name);
    }

    private void Thrown(
        ApiMember member,
        ApiTally tally,
        Exception thrown,
        CancellationTokenSource endless,
        string told
    )
    {
        bool isAllowed = thrown switch
        {
            TessraxException refused => refused.Hint.Length > 0,
            ArgumentException => true,
            OperationCanceledException => true,
            _ => ApiDocs.Allows(member, thrown),
        };
        if (!isAllowed)
        {
            Faults.Add(new ApiFault(member, told, thrown.ToString()));
            return;
        }
        // That an endless call was ended is how it succeeds.
        if (thrown is OperationCanceledException && endless.IsCancellationRequested)
            tally.Succeeded++;
        else
            tally.Refused++;
        tally.LastRefusal = $"{thrown.GetType().Name}: {thrown.Message}";
    }

    // The answer no: false, nothing, or a verdict that does not hold.
    private static bool IsNo(ApiMember member, object? result) =>
        result switch
        {
            null => member.Method is MethodInfo { ReturnType: var type }
                && type != typeof(void)
                && type != typeof(Task)
                && type != typeof(ValueTask),
            false => true,
            Verdict verdict => !verdict.Holds,
            ICollection many => many.Count == 0,
            _ => false,
        };

    // Waits for what comes later; takes the beginning of what comes one by one.
    private static object? Settle(object? result)
    {
        switch (result)
        {
            case Task task:
                task.GetAwaiter().GetResult();
                return
                    task.GetType().IsGenericType
                    && task.GetType().GetProperty("Result") is { } of
                    && of.PropertyType.Name != "VoidTaskResult"
                    ? Settle(of.GetValue(task))
                    : null;
            case ValueTask task:
                task.AsTask().GetAwaiter().GetResult();
                return null;
            case IEnumerable many and not (string or ICollection) when IsPlain(many):
                return many.Cast<object?>().Take(64).ToArray();
        }
        if (result?.GetType().GetInterfaces().FirstOrDefault(IsAsync) is { } later && IsPlain(result))
            return Settle(Begin.MakeGenericMethod(later.GetGenericArguments()).Invoke(null, [result]));
        if (result is null || !result.GetType().IsGenericType)
            return result;
        if (result.GetType().GetGenericTypeDefinition() == typeof(ValueTask<>))
            return Settle(result.GetType().GetMethod("AsTask")!.Invoke(result, null));
        return result;
    }

    // What the compiler makes of yield is no type of ours.
    private static bool IsPlain(object one) => !ApiSurface.IsOurs(one.GetType()) || !one.GetType().IsVisible;

    private static bool IsAsync(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>);

    private static async Task<object?[]> BeginningOf<T>(IAsyncEnumerable<T> many)
    {
        var first = new List<object?>();
        await foreach (T one in many)
        {
            first.Add(one);
            if (first.Count == MostOfEndless)
                break;
        }
        return [.. first];
    }

    private sealed record Now(ApiMember Member, string Arguments, long Since);
}
