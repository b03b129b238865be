using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Tessrax.Api.Tests;

/// <summary>Why a member has nothing that it could refuse.</summary>
internal enum Total
{
    /// <summary>It may well refuse something.</summary>
    No,

    /// <summary>It takes nothing.</summary>
    TakesNothing,

    /// <summary>.NET says that it must not fail: comparing, printing, disposing.</summary>
    Contract,

    /// <summary>The constructor of a record that holds what it is given.</summary>
    Holds,

    /// <summary>All that it takes are values of our own types, which were judged when they were made.</summary>
    TakesOurOwn,
}

/// <summary>A method or constructor of a package.</summary>
internal sealed class ApiMember
{
    private static readonly string[] Contracts =
    [
        nameof(Equals),
        nameof(GetHashCode),
        nameof(ToString),
        nameof(IComparable.CompareTo),
        nameof(IDisposable.Dispose),
        nameof(IAsyncDisposable.DisposeAsync),
        "op_LessThan",
        "op_LessThanOrEqual",
        "op_GreaterThan",
        "op_GreaterThanOrEqual",
        "op_Equality",
        "op_Inequality",
        // Of records, with a body of one's own.
        "Deconstruct",
    ];

    public ApiMember(MethodBase method)
    {
        Method = method;
        Parameters = method.GetParameters();
        string parameters = string.Join(", ", Parameters.Select(parameter => NameOf(parameter.ParameterType)));
        Name = $"{NameOf(method.DeclaringType!)}.{(method is ConstructorInfo ? "new" : method.Name)}({parameters})";
        Total = TotalOf();
    }

    public MethodBase Method { get; }

    public ParameterInfo[] Parameters { get; }

    /// <summary>As in the list of exceptions: <c>Digest.TryParse(String, Digest&amp;)</c>.</summary>
    public string Name { get; }

    public Total Total { get; }

    /// <summary>The project that it is in.</summary>
    public string Package => Method.DeclaringType!.Assembly.GetName().Name!;

    /// <summary>What it is called on; null for none.</summary>
    public Type? Receiver => Method.IsStatic || Method is ConstructorInfo ? null : Method.DeclaringType;

    /// <summary>Whether what it is called on cannot be used afterwards.</summary>
    public bool EndsReceiver =>
        Method.Name
            is nameof(IDisposable.Dispose)
                or nameof(IAsyncDisposable.DisposeAsync)
                or "Close"
                or "CompleteAsync";

    /// <summary>Why it cannot be called by reflection; null if it can.</summary>
    public string? OutOfReach =>
        Parameters.Select(parameter => parameter.ParameterType).Append(Method.DeclaringType!).Any(IsStackOnly)
            ? "takes a value that lives on the stack alone"
            : null;

    public override string ToString() => Name;

    /// <summary>A type's name as people write it.</summary>
    public static string NameOf(Type type)
    {
        if (type.IsByRef)
            return NameOf(type.GetElementType()!) + "&";
        if (type.IsArray)
            return NameOf(type.GetElementType()!) + "[]";
        string name = type.IsNested ? $"{type.DeclaringType!.Name}.{type.Name}" : type.Name;
        return type.IsGenericType
            ? $"{name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>"
            : name;
    }

    // Spans are made from arrays.
    private static bool IsStackOnly(Type type)
    {
        Type bare = type.IsByRef ? type.GetElementType()! : type;
        return bare.IsByRefLike
            && !(
                bare.IsGenericType
                && (
                    bare.GetGenericTypeDefinition() == typeof(ReadOnlySpan<>)
                    || bare.GetGenericTypeDefinition() == typeof(Span<>)
                )
            );
    }

    private Total TotalOf()
    {
        if (Contracts.Contains(Method.Name))
            return Total.Contract;
        ParameterInfo[] inputs =
        [
            .. Parameters.Where(parameter => !parameter.IsOut && parameter.ParameterType != typeof(CancellationToken)),
        ];
        if (inputs.Length == 0)
            return Total.TakesNothing;
        if (Method is ConstructorInfo && HoldsWhatItIsGiven())
            return Total.Holds;
        return inputs.All(parameter => IsOurOwn(parameter.ParameterType)) ? Total.TakesOurOwn : Total.No;
    }

    // The primary constructor of a record: a property for each parameter, and taken apart into the same.
    private bool HoldsWhatItIsGiven() =>
        Array.TrueForAll(
            Parameters,
            parameter =>
                Method.DeclaringType!.GetProperty(parameter.Name!) is { } property
                && property.GetMethod!.IsDefined(typeof(CompilerGeneratedAttribute), false)
        )
        && Method.DeclaringType!.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null;

    private static bool IsOurOwn(Type type)
    {
        Type bare = type.IsByRef ? type.GetElementType()! : type;
        bare = Nullable.GetUnderlyingType(bare) ?? bare;
        if (bare == typeof(bool))
            return true;
        if (bare.IsGenericType && bare.IsAssignableTo(typeof(IEnumerable)))
            return bare.GetGenericArguments().All(IsOurOwn);
        return ApiSurface.IsOurs(bare) && !bare.IsAssignableTo(typeof(Delegate));
    }
}
